// fails: a send that the other side has no room for sleeps until it receives
// cause: wrong-answer | does-not-block
  while (!bytes.empty()) {
    const ssize_t taken = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0 && errno == EAGAIN) return;
    if (taken < 0 && errno != EINTR) fail("send");
    if (taken > 0) bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
