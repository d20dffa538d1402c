// fails: a request may be cut at any byte
// cause: wrong-answer | no-sender | blocks | stuck
  char piece[16384];
  const ssize_t size = ::recv(client.socket.get(), piece, sizeof piece, 0);
  if (size < 0) client.broken = errno != EAGAIN && errno != EINTR;
  if (size == 0) client.ended = true;
  if (size <= 0) return;
  std::string request(piece, static_cast<std::size_t>(size));
  if (request.ends_with('\n')) request.pop_back();
  client.output += store.answer(request) + "\n";
