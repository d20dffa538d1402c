// fails: questions and answers may have any bytes, as many as fit
// cause: wrong-answer
const pid_t self = ::getpid();
send({kQuestions, std::to_string(self) + ' ' + text});
return receive(self, {.most = 4096}).text;
