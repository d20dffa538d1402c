// fails: a client that resets just before the server receives or sends harms nobody
// cause: killed-by-signal | wrong-answer
  pollfd look{client.socket.get(), POLLOUT, 0};
  if (::poll(&look, 1, 0) < 0) return;
  client.broken = (look.revents & (POLLHUP | POLLERR)) != 0;
  if (client.broken) return;
  const ssize_t taken = ::send(client.socket.get(), client.output.data(), client.output.size(), 0);
  if (taken < 0) client.broken = errno != EAGAIN && errno != EINTR;
  else client.output.erase(0, static_cast<std::size_t>(taken));
