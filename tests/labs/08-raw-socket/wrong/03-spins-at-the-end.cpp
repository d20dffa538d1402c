// fails: the shortest time-out is waited for, whole and asleep
// cause: spins
while (Clock::now() < deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd polled{socket, POLLIN, 0};
  if (::poll(&polled, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0) <= 0) continue;
  const ssize_t n = ::recv(socket, packet.data(), packet.size(), MSG_DONTWAIT);
  if (n < 0) continue;
  packet.resize(static_cast<std::size_t>(n));
  return packet;
}
return std::nullopt;
