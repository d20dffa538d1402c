// fails: a client that resets in the middle of an answer harms nobody
// cause: killed-by-signal
  const ssize_t taken = ::send(client.socket.get(), client.output.data(), client.output.size(), 0);
  if (taken < 0) client.broken = errno != EAGAIN && errno != EINTR;
  else client.output.erase(0, static_cast<std::size_t>(taken));
