// fails: a request may be cut at any byte
// cause: no-sender | blocks | stuck | wrong-answer
  char piece[16384];
  const ssize_t size = ::recv(client.socket.get(), piece, sizeof piece, 0);
  if (size < 0) client.broken = errno != EAGAIN && errno != EINTR;
  if (size == 0) client.ended = true;
  if (size <= 0) return;
  client.input.append(piece, static_cast<std::size_t>(size));
  if (const std::size_t end = client.input.find('\n'); end != std::string::npos) {
    client.output += store.answer(client.input.substr(0, end)) + "\n";
    client.input.erase(0, end + 1);
  }
