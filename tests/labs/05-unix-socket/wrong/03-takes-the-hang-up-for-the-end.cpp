// fails: who has sent much and left is heard to the end
// cause: wrong-answer
  char piece[16384];
  ssize_t size = -1;
  while ((size = ::recv(connection.socket.get(), piece, sizeof piece, 0)) < 0)
    if (errno != EINTR) fail("recv");
  pollfd other{connection.socket.get(), POLLRDHUP, 0};
  connection.ended = size == 0 || ::poll(&other, 1, 0) > 0;
  connection.unread.append(piece, static_cast<std::size_t>(size));
  std::size_t begin = 0;
  for (std::size_t end; (end = connection.unread.find('\n', begin)) != std::string::npos; begin = end + 1)
    lines.push_back(connection.unread.substr(begin, end - begin));
  connection.unread.erase(0, begin);
