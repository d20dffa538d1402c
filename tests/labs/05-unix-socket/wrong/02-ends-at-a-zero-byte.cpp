// fails: a line arrives whole, whatever bytes it has, also none
// cause: blocks | no-sender | stuck | wrong-answer
  const std::string text(bytes);
  bytes = std::string_view(text.c_str());
  while (!bytes.empty()) {
    const ssize_t taken = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (taken < 0 && errno != EINTR) fail("send");
    if (taken > 0) bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
