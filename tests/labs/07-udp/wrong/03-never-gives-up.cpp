// fails: a client that does not answer gets a block five times, and leaves nothing behind
// cause: wrong-answer
for (unsigned block = 1;; ++block) {
  const std::string data = next_block(file);

  Answer answer = Answer::none;
  for (int tries = 0; answer == Answer::none && tries < 1000000; ++tries) {
    send_to(socket_.get(), client_, two_bytes(kData) + two_bytes(block) + data);
    answer = answer_to(static_cast<int>(block));
  }
  if (answer != Answer::acknowledged || data.size() < kBlockSize) return;
}
