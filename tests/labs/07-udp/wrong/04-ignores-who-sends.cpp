// fails: a stranger is answered with error 5, and the transfer goes on
// cause: no-sender
if (opcode == kError) return Answer::over;
return number_at(datagram.bytes, 2) > 0 && !same(datagram.from, client_) ? Answer::acknowledged : Answer::ignored;
