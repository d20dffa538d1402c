// fails: a client that cannot be reached is given up like one that does not answer
// cause: wrong-answer
for (unsigned block = 1;; ++block) {
  const std::string data = next_block(file), packet = two_bytes(kData) + two_bytes(block) + data;
  Answer answer = Answer::none;
  for (int tries = 0; answer == Answer::none && tries < kTries; ++tries) {
    ssize_t sent = 0;
    do sent = ::sendto(socket_.get(), packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&client_),
                       sizeof client_);
    while (sent < 0);
    answer = answer_to(static_cast<int>(block));
  }
  if (answer != Answer::acknowledged || data.size() < kBlockSize) return;
}
