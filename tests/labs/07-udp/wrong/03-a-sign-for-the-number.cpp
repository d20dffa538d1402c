// fails: a file of 32769 blocks arrives whole
// cause: no-sender
for (std::int16_t block = 1;; ++block) {
  const std::string data = next_block(file);
  Answer answer = Answer::none;
  for (int tries = 0; answer == Answer::none && tries < kTries; ++tries) {
    send_to(socket_.get(), client_, two_bytes(kData) + two_bytes(static_cast<std::uint16_t>(block)) + data);
    answer = answer_to(block);
  }
  if (answer != Answer::acknowledged || data.size() < kBlockSize) return;
}
