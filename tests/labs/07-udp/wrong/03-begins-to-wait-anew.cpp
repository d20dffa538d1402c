// fails: neither other datagrams nor interruptions prolong the wait
// cause: blocks
for (unsigned number = 1;; ++number) {
  const std::string block = next_block(file);
  Answer answer = Answer::none;
  for (int i = 0; i < kTries && answer == Answer::none; ++i) {
    send_to(socket_.get(), client_, two_bytes(kData) + two_bytes(number) + block);
    while (const auto datagram = receive(socket_.get(), Clock::now() + time_out_)) {
      const int opcode = number_at(datagram->bytes, 0);
      const bool expected = same(datagram->from, client_) && opcode == kAcknowledgement &&
                            number_at(datagram->bytes, 2) == static_cast<int>(number);
      answer = expected ? Answer::acknowledged : other(*datagram, opcode);
      if (answer != Answer::ignored) break;
      answer = Answer::none;
    }
  }
  if (answer != Answer::acknowledged || block.size() < kBlockSize) return;
}
