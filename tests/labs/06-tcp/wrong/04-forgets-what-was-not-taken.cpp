// fails: short sends lose nothing
// cause: no-sender | blocks | stuck | wrong-answer
  const ssize_t taken = ::send(client.socket.get(), client.output.data(), client.output.size(), MSG_NOSIGNAL);
  if (taken < 0) client.broken = errno != EAGAIN && errno != EINTR;
  else client.output.clear();
