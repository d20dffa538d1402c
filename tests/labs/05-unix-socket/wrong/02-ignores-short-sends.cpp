// fails: short sends and short receives lose nothing
// cause: blocks | no-sender | stuck | wrong-answer
  while (::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
    if (errno != EINTR) fail("send");
