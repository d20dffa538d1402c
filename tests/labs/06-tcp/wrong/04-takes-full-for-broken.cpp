// fails: a client who does not read its answers stops nobody, and loses none
// cause: wrong-output | wrong-answer
  const ssize_t taken = ::send(client.socket.get(), client.output.data(), client.output.size(), MSG_NOSIGNAL);
  if (taken < 0) client.broken = errno != EINTR;
  else client.output.erase(0, static_cast<std::size_t>(taken));
