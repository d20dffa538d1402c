// fails: a client that has left before its requests were read harms nobody
// cause: ended-early
  const ssize_t taken = ::send(client.socket.get(), client.output.data(), client.output.size(), MSG_NOSIGNAL);
  if (taken < 0) {
    if (errno != EAGAIN && errno != EINTR) fail("send");
  }
  else client.output.erase(0, static_cast<std::size_t>(taken));
