// fails: a line that just fills a buffer is a line
// cause: no-sender | blocks | stuck
  char piece[4096];
  ssize_t size = sizeof piece;
  while (size == sizeof piece) {
  while ((size = ::recv(connection.socket.get(), piece, sizeof piece, 0)) < 0)
    if (errno != EINTR) fail("recv");
  if (size == sizeof piece) connection.unread.append(piece, sizeof piece);
  }
  connection.ended = size == 0;
  connection.unread.append(piece, static_cast<std::size_t>(size));
  std::size_t begin = 0;
  for (std::size_t end; (end = connection.unread.find('\n', begin)) != std::string::npos; begin = end + 1)
    lines.push_back(connection.unread.substr(begin, end - begin));
  connection.unread.erase(0, begin);
