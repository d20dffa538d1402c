// fails: an acknowledgement that comes twice has nothing sent twice
// cause: wrong-answer
if (same(datagram.from, client_))
  return opcode == kError ? Answer::over : opcode == kAcknowledgement ? Answer::ignored : Answer::none;
if (opcode != kError) send_error(socket_.get(), datagram.from, {kUnknownTransfer, "unknown transfer"});
return Answer::ignored;
