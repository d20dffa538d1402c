// fails: three sends are three lines, however few calls receive them
// cause: blocks | no-sender | stuck | wrong-answer
  char piece[16384];
  ssize_t size = -1;
  while ((size = ::recv(connection.socket.get(), piece, sizeof piece, 0)) < 0)
    if (errno != EINTR) fail("recv");
  connection.ended = size == 0;
  connection.unread.append(piece, static_cast<std::size_t>(size));
  if (const std::size_t end = connection.unread.find('\n'); end != std::string::npos) {
    lines.push_back(connection.unread.substr(0, end));
    connection.unread.clear();
  }
