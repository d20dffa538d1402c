// fails: a value may have any bytes and any length
// cause: wrong-answer | reset
  char piece[16384];
  const ssize_t size = ::recv(client.socket.get(), piece, sizeof piece, 0);
  if (size < 0) client.broken = errno != EAGAIN && errno != EINTR;
  if (size == 0) client.ended = true;
  if (size <= 0) return;
  client.input.append(piece, static_cast<std::size_t>(size));
  std::size_t begin = 0;
  for (std::size_t end; (end = client.input.find('\n', begin)) != std::string::npos; begin = end + 1)
    client.output += store.answer(client.input.substr(begin, end - begin)) + "\n";
  client.input.erase(0, begin);
  if (client.input.size() > 1 << 20) client.broken = true;
