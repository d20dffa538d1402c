// fails: who has the client's port on another host is a stranger
// cause: no-sender
if (datagram.from.sin_port != client_.sin_port) {
      if (opcode != kError) send_error(socket_.get(), datagram.from, {kUnknownTransfer, "unknown transfer"});
      return Answer::ignored;
    }
    return opcode == kError ? Answer::over : Answer::ignored;
