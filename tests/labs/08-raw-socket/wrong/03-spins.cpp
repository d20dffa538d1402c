// fails: it sleeps until a packet comes
// cause: spins
while (Clock::now() < deadline) {
  const ssize_t n = ::recv(socket, packet.data(), packet.size(), MSG_DONTWAIT);
  if (n < 0) continue;
  packet.resize(static_cast<std::size_t>(n));
  return packet;
}
return std::nullopt;
