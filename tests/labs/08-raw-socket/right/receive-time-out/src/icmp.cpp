// Another right way: the socket ends the wait (SO_RCVTIMEO), and a filter of the socket keeps all but echo
// replies away (raw(7), ICMP_FILTER).

#include "icmp.hpp"

#include <linux/icmp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <numeric>
#include <system_error>

int open_raw_socket() {
  const int fd = ::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "socket");
  const icmp_filter others{~(1u << ICMP_ECHOREPLY)};
  ::setsockopt(fd, SOL_RAW, ICMP_FILTER, &others, sizeof others);
  return fd;
}

std::uint16_t checksum(const std::string& bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto high = static_cast<unsigned char>(bytes[i]);
    const auto low = i + 1 < bytes.size() ? static_cast<unsigned char>(bytes[i + 1]) : 0;
    sum += high * 256u + low;
  }
  sum %= 0xffff;  // one's complement arithmetic is arithmetic modulo 65535
  const bool any = bytes.find_first_not_of('\0') != std::string::npos;
  return static_cast<std::uint16_t>(0xffff - (sum == 0 && any ? 0xffff : sum));
}

std::optional<std::string> receive(int socket, Clock::time_point deadline) {
  std::string packet(65536, '\0');
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline - Clock::now()).count();
    if (left <= 0) return std::nullopt;
    const timeval wait{left / 1'000'000, left % 1'000'000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    const ssize_t n = ::read(socket, packet.data(), packet.size());
    if (n >= 0) return packet.substr(0, static_cast<std::size_t>(n));
  }
}

std::optional<int> ttl_of_reply(const std::string& packet, const Question& question) {
  const auto at = [&](std::size_t place) { return static_cast<unsigned char>(packet[place]); };
  const std::size_t icmp = packet.empty() ? 0 : at(0) % 16 * 4u;
  if (icmp < 20 || packet.size() < icmp + 8) return std::nullopt;
  const bool from_host = std::memcmp(packet.data() + 12, &question.host, 4) == 0;
  const bool ours = at(icmp + 4) * 256 + at(icmp + 5) == question.id &&
                    at(icmp + 6) * 256 + at(icmp + 7) == question.sequence;
  const bool reply = at(icmp) == 0 && at(icmp + 1) == 0 && checksum(packet.substr(icmp)) == 0;
  if (from_host && ours && reply) return at(8);
  return std::nullopt;
}
