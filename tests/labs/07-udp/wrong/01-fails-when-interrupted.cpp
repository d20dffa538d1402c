// fails: short reads and interrupted calls lose no byte
// cause: ended-early
for (;;) {
  int wait = -1;
  if (deadline != kNever) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    wait = static_cast<int>(left.count());
  }
  pollfd polled{socket, POLLIN, 0};
  const int ready = ::poll(&polled, 1, wait);
  if (ready < 0) throw std::system_error(errno, std::generic_category(), "poll");
  if (ready == 0) return std::nullopt;
  socklen_t size = sizeof datagram.from;
  const ssize_t n = ::recvfrom(socket, datagram.bytes.data(), datagram.bytes.size(), 0,
                               reinterpret_cast<sockaddr*>(&datagram.from), &size);
  if (n < 0) continue;
  datagram.bytes.resize(static_cast<std::size_t>(n));
  return datagram;
}
