// fails: packets of others do not prolong the wait
// cause: blocks
// Requests of others it does not see; their replies it does.
const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
if (fd < 0) throw_errno("raw socket");
const std::uint32_t others = ~1u;  // ICMP_FILTER: all but echo replies
::setsockopt(fd, SOL_RAW, 1, &others, sizeof others);
return fd;
  // TODO(3)
static const auto wait = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
for (;;) {
  pollfd polled{socket, POLLIN, 0};
  const int ready = ::poll(&polled, 1, static_cast<int>(wait.count()));
  if (ready == 0) return std::nullopt;
  if (ready < 0) continue;
  const ssize_t n = ::recv(socket, packet.data(), packet.size(), MSG_DONTWAIT);
  if (n < 0) continue;
  packet.resize(static_cast<std::size_t>(n));
  return packet;
}
