// fails: an interrupted call changes nothing
// cause: wrong-output
const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
pollfd polled{socket, POLLIN, 0};
if (left.count() <= 0 || ::poll(&polled, 1, static_cast<int>(left.count())) <= 0) return std::nullopt;
const ssize_t n = ::recv(socket, packet.data(), packet.size(), MSG_DONTWAIT);
if (n < 0) return std::nullopt;
packet.resize(static_cast<std::size_t>(n));
return packet;
