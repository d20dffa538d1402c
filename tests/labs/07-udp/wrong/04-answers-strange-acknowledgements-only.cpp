// fails: a stranger is answered with error 5, and the transfer goes on
// cause: no-sender
if (same(datagram.from, client_)) return opcode == kError ? Answer::over : Answer::ignored;
if (opcode == kAcknowledgement)
  send_error(socket_.get(), datagram.from, {kUnknownTransfer, "unknown transfer"});
return Answer::ignored;
