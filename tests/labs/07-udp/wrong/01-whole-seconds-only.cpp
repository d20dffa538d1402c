// fails: it waits for an answer asleep, and not for ever
// cause: polls
for (;;) {
  timeval time{};
  if (deadline != kNever) {
    if (Clock::now() >= deadline) return std::nullopt;
    time.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(deadline - Clock::now()).count();
  }
  fd_set watched;
  FD_ZERO(&watched);
  FD_SET(socket, &watched);
  if (::select(socket + 1, &watched, nullptr, nullptr, deadline == kNever ? nullptr : &time) <= 0) continue;
  socklen_t size = sizeof datagram.from;
  const ssize_t n = ::recvfrom(socket, datagram.bytes.data(), datagram.bytes.size(), MSG_DONTWAIT,
                               reinterpret_cast<sockaddr*>(&datagram.from), &size);
  if (n < 0) continue;
  datagram.bytes.resize(static_cast<std::size_t>(n));
  return datagram;
}
