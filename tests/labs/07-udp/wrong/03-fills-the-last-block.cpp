// fails: a file arrives whole, and a shorter block, if need be an empty one, ends it
// cause: wrong-answer
for (unsigned block = 1;; ++block) {
  const std::string data = next_block(file);

  Answer answer = Answer::none;
  for (int tries = 0; answer == Answer::none && tries < kTries; ++tries) {
    send_to(socket_.get(), client_, two_bytes(kData) + two_bytes(block) + data + std::string(kBlockSize - data.size(), 0));
    answer = answer_to(static_cast<int>(block));
  }
  if (answer != Answer::acknowledged || data.size() < kBlockSize) return;
}
