// fails: an interrupted send goes on
// cause: does-not-block | wrong-answer
  while (!bytes.empty()) {
    const ssize_t taken =
        ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(taken));
    } else if (errno == EAGAIN) {
      pollfd room{socket.get(), POLLOUT, 0};
      if (::poll(&room, 1, -1) < 0) fail("poll");
    } else if (errno != EINTR) {
      fail("send");
    }
  }
