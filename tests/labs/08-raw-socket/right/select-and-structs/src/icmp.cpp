// Another right way: select(2), recvmsg(2), and the headers as structures of the system's own (netinet/ip.h,
// netinet/ip_icmp.h). The sum is taken in the machine's own byte order, which RFC 1071 allows: the result is
// in that order, too.

#include "icmp.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

int open_raw_socket() {
  const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP);
  if (fd < 0) throw std::system_error(errno, std::system_category(), "pinging");
  return fd;
}

std::uint16_t checksum(const std::string& bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    std::uint16_t word = 0;
    std::memcpy(&word, bytes.data() + i, std::min<std::size_t>(2, bytes.size() - i));
    sum += word;
  }
  sum = (sum >> 16) + (sum & 0xffff);
  sum += sum >> 16;
  return ntohs(static_cast<std::uint16_t>(~sum));
}

std::optional<std::string> receive(int socket, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    timeval wait{left.count() / 1'000'000, left.count() % 1'000'000};
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(socket, &readable);
    if (::select(socket + 1, &readable, nullptr, nullptr, &wait) <= 0) continue;
    char buffer[4096];
    iovec part{buffer, sizeof buffer};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const ssize_t n = ::recvmsg(socket, &message, 0);
    if (n >= 0) return std::string(buffer, static_cast<std::size_t>(n));
  }
}

std::optional<int> ttl_of_reply(const std::string& packet, const Question& question) {
  ip internet{};
  if (packet.size() < sizeof internet) return std::nullopt;
  std::memcpy(&internet, packet.data(), sizeof internet);
  const std::size_t begin = internet.ip_hl * 4u;
  icmphdr header{};
  if (internet.ip_src.s_addr != question.host || packet.size() < begin + sizeof header) return std::nullopt;
  std::memcpy(&header, packet.data() + begin, sizeof header);
  if (header.type != ICMP_ECHOREPLY || header.code != 0 || checksum(packet.substr(begin)) != 0)
    return std::nullopt;
  if (ntohs(header.un.echo.id) != question.id || ntohs(header.un.echo.sequence) != question.sequence)
    return std::nullopt;
  return internet.ip_ttl;
}
