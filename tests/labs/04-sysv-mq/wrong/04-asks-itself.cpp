// fails: ask sleeps until the answer is there, and takes no question for it
// cause: does-not-block
send({::getpid(), std::to_string(::getpid()) + ' ' + text});
return receive(::getpid()).text;
