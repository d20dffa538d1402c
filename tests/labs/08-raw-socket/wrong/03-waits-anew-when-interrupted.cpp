// fails: after an interruption it waits for the rest of the time
// cause: blocks
const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
if (left <= 0) return std::nullopt;
pollfd polled{socket, POLLIN, 0};
int ready = -1;
while ((ready = ::poll(&polled, 1, static_cast<int>(left))) < 0)
  if (errno != EINTR) throw_errno("poll");
if (ready == 0) return std::nullopt;
const ssize_t n = ::recv(socket, packet.data(), packet.size(), MSG_DONTWAIT);
if (n < 0) throw_errno("recv");
packet.resize(static_cast<std::size_t>(n));
return packet;
