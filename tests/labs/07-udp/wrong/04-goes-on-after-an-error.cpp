// fails: an error from the client ends its transfer at once
// cause: blocks
if (!same(datagram.from, client_) && opcode != kError)
  send_error(socket_.get(), datagram.from, {kUnknownTransfer, "unknown transfer"});
return Answer::ignored;
