// fails: a file arrives whole, and a shorter block, if need be an empty one, ends it
// cause: wrong-answer
for (unsigned block = 1;; ++block) {
  const std::string data = next_block(file);

  Answer answer = Answer::none;
  for (int tries = 0; answer == Answer::none && tries < kTries; ++tries) {
    send_to(socket_.get(), client_, two_bytes(kData) + static_cast<char>(block) + static_cast<char>(block >> 8) + data);
    answer = answer_to(static_cast<int>(block));
  }
  if (answer != Answer::acknowledged || data.size() < kBlockSize) return;
}
