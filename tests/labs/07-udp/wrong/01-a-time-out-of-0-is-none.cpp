// fails: the shortest time-out is waited for, too
// cause: no-sender
for (;;) {
  timeval wait{};
  if (deadline != kNever) {
    if (deadline <= Clock::now()) return std::nullopt;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    wait = {left / 1000, left % 1000 * 1000};
  }
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  socklen_t size = sizeof datagram.from;
  const ssize_t n = ::recvfrom(socket, datagram.bytes.data(), datagram.bytes.size(), 0,
                               reinterpret_cast<sockaddr*>(&datagram.from), &size);
  if (n < 0) continue;
  datagram.bytes.resize(static_cast<std::size_t>(n));
  return datagram;
}
