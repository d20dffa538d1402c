// fails: what is set can be got
// cause: wrong-answer | no-sender | blocks | stuck
  char piece[16384];
  const ssize_t size = ::recv(client.socket.get(), piece, sizeof piece, 0);
  if (size < 0) client.broken = errno != EAGAIN && errno != EINTR;
  if (size == 0) client.ended = true;
  if (size <= 0) return;
  client.input.append(piece, static_cast<std::size_t>(size));
  std::size_t begin = 0;
  for (std::size_t end; (end = client.input.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string answer = store.answer(client.input.substr(begin, end - begin));
    client.output += answer + "\n";
    if (answer.starts_with("error")) client.ended = true;
  }
  client.input.erase(0, begin);
