// fails: a sendto that fails is like a packet that is lost
// cause: blocks
for (unsigned block = 1;; ++block) {
  const std::string data = next_block(file), packet = two_bytes(kData) + two_bytes(block) + data;
  Answer answer = Answer::none;
  for (int tries = 0; answer == Answer::none && tries < kTries; ++tries) {
    ssize_t sent = 0;
    do sent = ::sendto(socket_.get(), packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&client_),
                       sizeof client_);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) throw std::system_error(errno, std::generic_category(), "sendto");  // nobody catches it
    answer = answer_to(static_cast<int>(block));
  }
  if (answer != Answer::acknowledged || data.size() < kBlockSize) return;
}
