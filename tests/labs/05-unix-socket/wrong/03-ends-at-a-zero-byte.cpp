// fails: a line arrives whole, whatever bytes it has, also none
// cause: blocks | no-sender | stuck | wrong-answer
  char piece[16384];
  ssize_t size = -1;
  while ((size = ::recv(connection.socket.get(), piece, sizeof piece - 1, 0)) < 0)
    if (errno != EINTR) fail("recv");
  piece[size] = '\0';
  connection.ended = size == 0;
  connection.unread += piece;
  std::size_t begin = 0;
  for (std::size_t end; (end = connection.unread.find('\n', begin)) != std::string::npos; begin = end + 1)
    lines.push_back(connection.unread.substr(begin, end - begin));
  connection.unread.erase(0, begin);
