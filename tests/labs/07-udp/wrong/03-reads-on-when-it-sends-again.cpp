// fails: a block that is not acknowledged in time is sent again
// cause: wrong-answer
for (unsigned block = 1;; ++block) {
  Answer answer = Answer::none;
  std::string data;
  for (int tries = 0; answer == Answer::none && tries < kTries; ++tries) {
    data = next_block(file);
    send_to(socket_.get(), client_, two_bytes(kData) + two_bytes(block) + data);
    answer = answer_to(static_cast<int>(block));
  }
  if (answer != Answer::acknowledged || data.size() < kBlockSize) return;
}
