// fails: the shortest time-out is waited for, too
// cause: polls
for (;;) {
  int wait = -1;
  if (deadline != kNever) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    wait = static_cast<int>(left.count());
  }
  pollfd polled{socket, POLLIN, 0};
  if (::poll(&polled, 1, wait) <= 0) continue;
  socklen_t size = sizeof datagram.from;
  const ssize_t n = ::recvfrom(socket, datagram.bytes.data(), datagram.bytes.size(), MSG_DONTWAIT,
                               reinterpret_cast<sockaddr*>(&datagram.from), &size);
  if (n < 0) continue;
  datagram.bytes.resize(static_cast<std::size_t>(n));
  return datagram;
}
