// fails: what is not answered in time is lost, and the next request follows
// cause: no-sender
while (Clock::now() < deadline) {
  const ssize_t n = ::recv(socket, packet.data(), packet.size(), 0);
  if (n < 0) continue;
  packet.resize(static_cast<std::size_t>(n));
  return packet;
}
return std::nullopt;
