// fails: ask sleeps until the answer is there, and takes no question for it
// cause: wrong-answer
send({kQuestions, std::to_string(::getppid()) + ' ' + text});
return receive(::getpid()).text;
