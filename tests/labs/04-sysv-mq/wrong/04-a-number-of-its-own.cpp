// fails: ask sleeps until the answer is there, and takes no question for it
// cause: wrong-answer
const pid_t me = 1000000 + ::getpid();
send({kQuestions, std::to_string(me) + ' ' + text});
return receive(me).text;
