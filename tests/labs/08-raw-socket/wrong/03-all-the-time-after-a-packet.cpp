// fails: packets of others do not prolong the wait
// cause: blocks
static const auto wait = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
while (Clock::now() < deadline) {
  pollfd polled{socket, POLLIN, 0};
  const int ready = ::poll(&polled, 1, static_cast<int>(wait.count()));
  if (ready == 0) return std::nullopt;
  if (ready < 0) continue;
  const ssize_t n = ::recv(socket, packet.data(), packet.size(), MSG_DONTWAIT);
  if (n < 0) continue;
  packet.resize(static_cast<std::size_t>(n));
  return packet;
}
return std::nullopt;
