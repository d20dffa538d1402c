#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>
namespace wire {
inline void error(int socket, const sockaddr_in& to, std::uint16_t code, const char* text) {
  unsigned char packet[128] = {0, 5, 0, static_cast<unsigned char>(code)};
  const std::size_t n = std::strlen(text);
  std::memcpy(packet + 4, text, n + 1);
  while (::sendto(socket, packet, 4 + n + 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0 &&
         errno == EINTR) {
  }
}
inline std::uint16_t word(const char* bytes) {
  std::uint16_t n;
  std::memcpy(&n, bytes, 2);
  return ntohs(n);
}
/// "" when it is no read request in octet mode.
inline std::string requested(std::string_view d) {
  if (d.size() < 2 || word(d.data()) != 1) return "";
  d.remove_prefix(2);
  const auto end = d.find('\0');
  if (end == d.npos) return "";
  const std::string name(d.substr(0, end));
  d.remove_prefix(end + 1);
  const auto mode_end = d.find('\0');
  if (mode_end != 5 || ::strncasecmp(d.data(), "octet", 5) != 0) return "";
  return name;
}
inline bool same(const sockaddr_in& a, const sockaddr_in& b) {
  return a.sin_port == b.sin_port && a.sin_addr.s_addr == b.sin_addr.s_addr;
}
}  // namespace wire
