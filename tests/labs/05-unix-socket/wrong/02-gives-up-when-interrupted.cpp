// fails: an interrupted send goes on
// cause: wrong-answer
  while (!bytes.empty()) {
    const ssize_t taken = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (taken < 0) fail("send");
    if (taken > 0) bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
