// fails: it sleeps until a packet comes
// cause: polls
while (Clock::now() < deadline) {
  pollfd polled{socket, POLLIN, 0};
  if (::poll(&polled, 1, 10) <= 0) continue;
  const ssize_t n = ::recv(socket, packet.data(), packet.size(), MSG_DONTWAIT);
  if (n < 0) continue;
  packet.resize(static_cast<std::size_t>(n));
  return packet;
}
return std::nullopt;
