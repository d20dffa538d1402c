// fails: a client who has sent half a line stops nobody
// cause: no-sender | blocks | stuck
  char letter = 0;
  for (;;) {
    const ssize_t size = ::recv(connection.socket.get(), &letter, 1, 0);
    if (size < 0 && errno != EINTR) fail("recv");
    if (size == 0) connection.ended = true;
    if (size == 0) return lines;
    if (size > 0 && letter == '\n') break;
    if (size > 0) connection.unread += letter;
  }
  lines.push_back(std::exchange(connection.unread, ""));
