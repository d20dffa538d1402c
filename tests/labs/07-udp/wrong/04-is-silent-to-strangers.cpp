// fails: a stranger is answered with error 5, and the transfer goes on
// cause: no-sender
return same(datagram.from, client_) && opcode == kError ? Answer::over : Answer::ignored;
