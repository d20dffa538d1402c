// fails: a line that comes in three pieces is one line
// cause: wrong-answer
  char piece[16384];
  ssize_t size = -1;
  while ((size = ::recv(connection.socket.get(), piece, sizeof piece, 0)) < 0)
    if (errno != EINTR) fail("recv");
  connection.ended = size == 0;
  const std::string here(piece, static_cast<std::size_t>(size));
  std::size_t begin = 0;
  for (std::size_t end; (end = here.find('\n', begin)) != std::string::npos; begin = end + 1)
    lines.push_back(here.substr(begin, end - begin));
