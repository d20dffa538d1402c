// fails: ask sleeps until the answer is there, and takes no question for it
// cause: blocks-elsewhere | does-not-block
send({kQuestions, std::to_string(::getpid()) + ' ' + text});
return receive(0).text;
