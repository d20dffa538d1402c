// fails: a packet that turns out not to be there changes nothing
// cause: wrong-output | ended-early
for (;;) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  if (left.count() <= 0) return std::nullopt;
  pollfd polled{socket, POLLIN, 0};
  if (::poll(&polled, 1, static_cast<int>(left.count())) <= 0) continue;
  const ssize_t n = ::recv(socket, packet.data(), packet.size(), MSG_DONTWAIT);
  if (n < 0 && errno == EINTR) continue;
  if (n < 0) throw_errno("recv");
  packet.resize(static_cast<std::size_t>(n));
  return packet;
}
