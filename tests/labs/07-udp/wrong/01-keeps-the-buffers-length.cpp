// fails: what is no read request is answered with error 4, and the server goes on
// cause: wrong-answer
for (;;) {
  int wait = -1;
  if (deadline != kNever) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    wait = static_cast<int>(left.count());
  }
  pollfd polled{socket, POLLIN, 0};
  if (::poll(&polled, 1, wait) <= 0) continue;
  socklen_t size = sizeof datagram.from;
  const ssize_t n = ::recvfrom(socket, datagram.bytes.data(), datagram.bytes.size(), 0,
                               reinterpret_cast<sockaddr*>(&datagram.from), &size);
  if (n < 0) continue;
  return datagram;
}
