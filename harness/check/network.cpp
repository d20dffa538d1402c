#include "check/network.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>

#include "base/syscall.hpp"
#include "check/outcome.hpp"
#include "check/session.hpp"
#include "detect/stuck.hpp"
#include "detect/words.hpp"
#include "model/cause.hpp"

namespace ipclab::check {
namespace {

constexpr char kLoopback[] = "127.0.0.1";

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
    throw std::invalid_argument("no IPv4 address: " + host);
  return address;
}

sockaddr_in own_address(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return address;
}

std::string text_of(const in_addr& address) {
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &address, text, sizeof text);
  return text;
}

int open_datagrams(Session& session, unsigned host, const std::string& address, std::uint16_t port) {
  const int fd = session.open_socket(host, SOCK_DGRAM);
  const sockaddr_in own = address_of(address, port);
  checked(::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own), "bind");
  const int on = 1;
  checked(::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on), "SO_TIMESTAMPNS");
  return fd;
}

std::chrono::nanoseconds stamp_of(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    return std::chrono::seconds(stamp.tv_sec) + std::chrono::nanoseconds(stamp.tv_nsec);
  }
  return {};
}

}  // namespace

std::string Host::address() const { return room::kHostAddresses.at(number_ - 1); }

Program Host::start(std::vector<std::string> argv, std::string name, std::vector<Fault> faults) const {
  return Program(session_,
                 session_->start(std::move(argv), std::move(name), std::move(faults), false, number_).pid);
}

Console Host::console(std::string program, std::string name, std::vector<Fault> faults) const {
  return Console(
      session_, session_->start({std::move(program)}, std::move(name), std::move(faults), true, number_).pid);
}

Link::Link(Room& room, const Quality& quality) : session_(&room.session()) {
  session_->lay_link();
  becomes(quality);
}

void Link::becomes(const Quality& quality) const {
  outcome().log("link", fmt::format("delays by {} ms; of 100 packets it loses {:g}, doubles {:g}, swaps {:g}",
                                    quality.delay.count(), quality.lost * 100, quality.doubled * 100,
                                    quality.swapped * 100));
  session_->link().has(quality);
}

void Link::fates(Side from, int nth, std::function<void(Fate&)> fate) const {
  session_->fates().emplace(std::pair(from, nth), std::move(fate));
}

void Link::loses(Side from, int nth) const {
  fates(from, nth, [](Fate& fate) { fate = {.copies = 0}; });
}

void Link::doubles(Side from, int nth) const {
  fates(from, nth, [](Fate& fate) { fate = {.copies = 2}; });
}

void Link::swaps(Side from, int nth) const {
  fates(from, nth, [](Fate& fate) { fate = {.after_the_next = true}; });
}

void Link::follows(std::function<void(const Packet&, Fate&)> script) const {
  session_->link_follows(std::move(script));
}

void Link::puts(Side to, std::string packet) const { session_->link().put(to, std::move(packet)); }

std::vector<Packet> Link::seen() const {
  session_->drain();
  return session_->link().seen();
}

Datagrams::Datagrams(Room& room, std::uint16_t port)
    : session_(&room.session()), fd_(open_datagrams(*session_, 0, kLoopback, port)) {}

Datagrams::Datagrams(const Host& host, std::uint16_t port)
    : session_(host.session_), fd_(open_datagrams(*session_, host.number_, host.address(), port)) {}

std::uint16_t Datagrams::port() const { return ntohs(own_address(fd_).sin_port); }

void Datagrams::sends(std::string_view bytes, std::uint16_t port) const {
  sends(bytes, text_of(own_address(fd_).sin_addr), port);
}

void Datagrams::sends(std::string_view bytes, const std::string& address, std::uint16_t port) const {
  outcome().log("check", fmt::format("sends a datagram of {} bytes to port {}", bytes.size(), port));
  const sockaddr_in to = address_of(address, port);
  const auto send = [&] {
    return ::sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  };
  // An answer of ICMP to a datagram before this one (nobody has that port) is reported here, once: udp(7).
  if (send() < 0 && errno == ECONNREFUSED) checked(send(), "sendto");
  session_->drain();
}

std::optional<Datagram> Datagrams::received() const {
  session_->drain();
  Datagram datagram;
  datagram.bytes.resize(65536);
  sockaddr_in from{};
  iovec part{datagram.bytes.data(), datagram.bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t n = ::recvmsg(fd_, &message, MSG_DONTWAIT);
  if (n < 0) return std::nullopt;
  datagram.given = stamp_of(message);
  datagram.bytes.resize(static_cast<std::size_t>(n));
  datagram.address = text_of(from.sin_addr);
  datagram.port = ntohs(from.sin_port);
  outcome().log("check", fmt::format("receives a datagram of {} bytes from port {}", n, datagram.port));
  return datagram;
}

Datagram Datagrams::receives(const std::string& expected) const {
  std::optional<Datagram> datagram;
  session_->awaits(fd_);
  session_->wait_for(expected, 0, [&] { return (datagram = received()).has_value(); });
  session_->awaits(-1);
  return *datagram;
}

Datagram Datagrams::receives_at_once(const std::string& expected) const {
  std::optional<Datagram> datagram;
  session_->awaits(fd_);
  session_->comes([&] { return (datagram = received()).has_value(); });
  session_->awaits(-1);
  if (!datagram) {
    const Snapshot snapshot = session_->look_again(0);
    const bool lives = std::ranges::any_of(snapshot.processes, [](const auto& p) { return !p.zombie; });
    end_with({lives ? cause::kNoSender : cause::kEndedEarly,
              expected,
              lives ? "every program is asleep, and nothing has come"
                    : "every program has ended, and nothing has come",
              detect::wait_table(snapshot),
              "",
              {}});
  }
  return *datagram;
}

}  // namespace ipclab::check
