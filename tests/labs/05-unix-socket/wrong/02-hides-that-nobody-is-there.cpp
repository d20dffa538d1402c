// fails: a send to who has closed fails with EPIPE, and the program goes on
// cause: wrong-answer
  while (!bytes.empty()) {
    const ssize_t taken = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (taken < 0 && errno == EPIPE) return;
    if (taken < 0 && errno != EINTR) fail("send");
    if (taken > 0) bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
