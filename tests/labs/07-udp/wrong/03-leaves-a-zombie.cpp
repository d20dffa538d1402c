// fails: transfers have ports of their own and do not wait for each other
// cause: zombie
// A process for each transfer, and nobody who waits for it.
if (::fork() != 0) return;
for (unsigned block = 1;; ++block) {
  const std::string data = next_block(file);
  Answer answer = Answer::none;
  for (int tries = 0; answer == Answer::none && tries < kTries; ++tries) {
    send_to(socket_.get(), client_, two_bytes(kData) + two_bytes(block) + data);
    answer = answer_to(static_cast<int>(block));
  }
  if (answer != Answer::acknowledged || data.size() < kBlockSize) ::_exit(0);
}
