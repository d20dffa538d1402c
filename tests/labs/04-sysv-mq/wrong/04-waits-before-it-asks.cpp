// fails: ask sleeps until the answer is there, and takes no question for it
// cause: no-sender | stuck | blocks
const std::string answer = receive(::getpid()).text;
send({kQuestions, std::to_string(::getpid()) + ' ' + text});
return answer;
