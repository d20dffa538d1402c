// fails: interrupted calls are no failures
// cause: wrong-answer
  const ssize_t taken = ::send(client.socket.get(), client.output.data(), client.output.size(), MSG_NOSIGNAL);
  if (taken < 0) client.broken = errno != EAGAIN;
  else client.output.erase(0, static_cast<std::size_t>(taken));
