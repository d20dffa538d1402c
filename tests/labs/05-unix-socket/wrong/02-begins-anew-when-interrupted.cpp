// fails: a send that is interrupted after a part goes on behind that part
// cause: wrong-answer
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t taken = ::send(socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (taken < 0 && errno != EINTR) fail("send");
    if (taken < 0) rest = bytes;
    else rest.remove_prefix(static_cast<std::size_t>(taken));
  }
