// fails: the server sleeps until a request comes
// cause: polls
while (Clock::now() < deadline) {
  pollfd polled{socket, POLLIN, 0};
  if (::poll(&polled, 1, 20) <= 0) continue;
  socklen_t size = sizeof datagram.from;
  const ssize_t n = ::recvfrom(socket, datagram.bytes.data(), datagram.bytes.size(), 0,
                               reinterpret_cast<sockaddr*>(&datagram.from), &size);
  if (n < 0) continue;
  datagram.bytes.resize(static_cast<std::size_t>(n));
  return datagram;
}
return std::nullopt;
