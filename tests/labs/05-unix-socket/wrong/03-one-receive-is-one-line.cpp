// fails: three sends are three lines, however few calls receive them
// cause: wrong-answer
  char piece[16384];
  ssize_t size = -1;
  while ((size = ::recv(connection.socket.get(), piece, sizeof piece, 0)) < 0)
    if (errno != EINTR) fail("recv");
  connection.ended = size == 0;
  std::string line(piece, static_cast<std::size_t>(size));
  if (line.ends_with('\n')) line.pop_back();
  if (size > 0) lines.push_back(line);
