// fails: the server sleeps until a request comes
// cause: no-sender
for (;;) {
  int wait = -1;
  if (deadline != kNever) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    wait = static_cast<int>(left.count());
  }
  pollfd polled{socket, POLLIN, 0};
  if (::poll(&polled, 1, wait) <= 0) continue;
  const ssize_t n = ::recv(socket, datagram.bytes.data(), datagram.bytes.size(), 0);
  if (n < 0) continue;
  datagram.bytes.resize(static_cast<std::size_t>(n));
  return datagram;
}
