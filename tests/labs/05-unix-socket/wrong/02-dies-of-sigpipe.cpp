// fails: a send to who has closed fails with EPIPE, and the program goes on
// cause: killed-by-signal
  while (!bytes.empty()) {
    const ssize_t taken = ::send(socket.get(), bytes.data(), bytes.size(), 0);
    if (taken < 0 && errno != EINTR) fail("send");
    if (taken > 0) bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
