// Another right way: an epoll that tells of packets only when they come (EPOLLET), so that all are taken at once and kept; and a
// timer that ends the wait at the deadline itself.

#include "icmp.hpp"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <deque>
#include <system_error>
#include <utility>

#include "ipclab/not_done.hpp"

namespace {

using ipclab::not_done;

constexpr std::size_t kLongestPacket = 65535;

[[maybe_unused]] [[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// The byte at `place`, from 0 to 255.
[[maybe_unused]] unsigned byte_at(const std::string& bytes, std::size_t place) {
  return static_cast<unsigned char>(bytes.at(place));
}

/// The two bytes at `place` as a number: the high one comes first.
[[maybe_unused]] unsigned number_at(const std::string& bytes, std::size_t place) {
  return byte_at(bytes, place) << 8 | byte_at(bytes, place + 1);
}

}  // namespace

int open_raw_socket() {
  // TODO(1): A socket that sends and receives ICMP itself, not data for a port: which type, which protocol?
  // Close-on-exec. Throw with throw_errno() when the kernel gives none.
  const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
  if (fd < 0) throw_errno("raw socket");
  return fd;
  // END(1)
}

std::uint16_t checksum([[maybe_unused]] const std::string& bytes) {
  // TODO(2): RFC 1071: add up all 16-bit numbers of the bytes; a last byte alone counts as if a zero byte
  // followed it. Add what is above 16 bits to what is below until nothing is above. The checksum is the
  // complement.
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    sum += i % 2 == 0 ? byte_at(bytes, i) << 8 : byte_at(bytes, i);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
  // END(2)
}

std::optional<std::string> receive([[maybe_unused]] int socket, [[maybe_unused]] Clock::time_point deadline) {
  static std::deque<std::string> come;
  static int epoll = -1, timer = -1;
  if (epoll < 0) {
    epoll = ::epoll_create1(EPOLL_CLOEXEC);
    timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    for (const int fd : {socket, timer}) {
      epoll_event event{};
      event.events = fd == socket ? EPOLLIN | EPOLLET : EPOLLIN;
      event.data.fd = fd;
      if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) throw_errno("epoll_ctl");
    }
  }
  const auto end = deadline.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(end);
  const itimerspec at{{}, {seconds.count(), std::chrono::nanoseconds(end - seconds).count()}};
  ::timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, nullptr);
  while (come.empty()) {
    epoll_event event{};
    if (::epoll_wait(epoll, &event, 1, -1) <= 0) continue;
    if (event.data.fd == timer) return std::nullopt;
    std::string packet(kLongestPacket, '\0');
    for (ssize_t n = 0; n >= 0 || errno == EINTR;) {
      n = ::recv(socket, packet.data(), packet.size(), MSG_DONTWAIT);
      if (n >= 0) come.push_back(packet.substr(0, static_cast<std::size_t>(n)));
    }
  }
  std::string first = std::move(come.front());
  come.pop_front();
  return first;
}

std::optional<int> ttl_of_reply([[maybe_unused]] const std::string& packet,
                                [[maybe_unused]] const Question& question) {
  constexpr std::size_t kLeastIp = 20, kIcmp = 8;  // bytes of the headers; an IP header may be longer
  if (packet.size() < kLeastIp + kIcmp) return std::nullopt;
  [[maybe_unused]] const auto ttl = static_cast<int>(byte_at(packet, 8));
  [[maybe_unused]] std::uint32_t source = 0;
  std::memcpy(&source, packet.data() + 12, sizeof source);
  // TODO(4): Every ICMP packet that this host receives comes here. Return `ttl` if this one is an echo reply
  // (type 0, code 0) from question.host with the question's identifier and sequence number, and its checksum
  // is right; else nothing. The low half of the first byte is the IP header's length in units of 4 bytes.
  const std::size_t header = (byte_at(packet, 0) & 0x0f) * 4;
  if (packet.size() < header + kIcmp || source != question.host) return std::nullopt;
  const std::string icmp = packet.substr(header);
  if (byte_at(icmp, 0) != 0 || byte_at(icmp, 1) != 0 || checksum(icmp) != 0) return std::nullopt;
  if (number_at(icmp, 4) != question.id || number_at(icmp, 6) != question.sequence) return std::nullopt;
  return ttl;
  // END(4)
}
