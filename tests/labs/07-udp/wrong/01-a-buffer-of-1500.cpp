// fails: a file that is not there is answered with error 1
// cause: wrong-answer
datagram.bytes.resize(1500);
for (;;) {
  int wait = -1;
  if (deadline != kNever) {
    wait = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count());
    if (wait <= 0) return std::nullopt;
  }
  pollfd polled{socket, POLLIN, 0};
  const int ready = ::poll(&polled, 1, wait);
  if (ready <= 0) continue;
  socklen_t size = sizeof datagram.from;
  const ssize_t n = ::recvfrom(socket, datagram.bytes.data(), datagram.bytes.size(), MSG_DONTWAIT,
                               reinterpret_cast<sockaddr*>(&datagram.from), &size);
  if (n < 0) continue;
  datagram.bytes.resize(static_cast<std::size_t>(n));
  return datagram;
}
