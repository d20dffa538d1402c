// fails: IP options before the reply do not move it out of sight
// cause: blocks
constexpr std::size_t kMost = 20 + 8 + 1400;
for (;;) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  if (left <= 0) return std::nullopt;
  pollfd p{socket, POLLIN, 0};
  const int n = ::poll(&p, 1, static_cast<int>(left));
  if (n < 0 && errno != EINTR) throw_errno("poll");
  if (n <= 0) continue;
  const ssize_t got = ::recv(socket, packet.data(), kMost, MSG_DONTWAIT);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
  if (got < 0) throw_errno("recv");
  packet.resize(static_cast<std::size_t>(got));
  return packet;
}
