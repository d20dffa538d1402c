// fails: each block waits for the one before it to be acknowledged
// cause: wrong-answer
for (unsigned block = 1;; ++block) {
  const std::string data = next_block(file);
  send_to(socket_.get(), client_, two_bytes(kData) + two_bytes(block) + data);
  if (data.size() < kBlockSize) return;
}
