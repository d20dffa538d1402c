// fails: the shortest time-out is waited for, whole and asleep
// cause: no-sender | blocks
while (Clock::now() < deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  const timeval wait{left / 1000, left % 1000 * 1000};  // of 0: for ever
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  const ssize_t n = ::recv(socket, packet.data(), packet.size(), 0);
  if (n < 0) continue;
  packet.resize(static_cast<std::size_t>(n));
  return packet;
}
return std::nullopt;
