// fails: a value may have any bytes and any length
// cause: wrong-output | no-sender | blocks | stuck
  client.output = std::string(client.output.c_str());
  const ssize_t taken = ::send(client.socket.get(), client.output.data(), client.output.size(), MSG_NOSIGNAL);
  if (taken < 0) client.broken = errno != EAGAIN && errno != EINTR;
  else client.output.erase(0, static_cast<std::size_t>(taken));
