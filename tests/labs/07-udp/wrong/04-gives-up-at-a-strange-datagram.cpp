// fails: an acknowledgement that comes twice has nothing sent twice
// cause: no-sender
if (same(datagram.from, client_)) return opcode == kAcknowledgement ? Answer::ignored : Answer::over;
if (opcode != kError) send_error(socket_.get(), datagram.from, {kUnknownTransfer, "unknown transfer"});
return Answer::ignored;
