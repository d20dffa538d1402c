// fails: it sleeps until a packet comes
// cause: polls
for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return std::nullopt;
    pollfd p{socket, POLLIN, 0};
    const int n = ::poll(&p, 1, 1000);
    if (n == 0) return std::nullopt;
    if (n < 0 && errno != EINTR) throw_errno("poll");
    if (n <= 0) continue;
    const ssize_t got = ::recv(socket, packet.data(), packet.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) throw_errno("recv");
    packet.resize(static_cast<std::size_t>(got));
    return packet;
  }
