// Another right way: one thread, one epoll, a table of transfers. Nothing ever waits but epoll_wait, until
// the nearest deadline.

#include "tftpd.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <map>
#include <string>
#include <system_error>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBlockSize = 512;
constexpr int kTries = 5;

struct Transfer {
  int socket, file;
  sockaddr_in client;
  unsigned block = 0;
  int tries = 0;
  std::string packet;
  Clock::time_point deadline;
};

std::string packet_of(unsigned opcode, unsigned number, const std::string& rest) {
  const char head[] = {0, static_cast<char>(opcode), static_cast<char>(number >> 8),
                       static_cast<char>(number)};
  return std::string(head, sizeof head) + rest;
}

void send_to(int socket, const sockaddr_in& to, const std::string& packet) {
  iovec part{const_cast<char*>(packet.data()), packet.size()};
  msghdr message{};
  message.msg_name = const_cast<sockaddr_in*>(&to);
  message.msg_namelen = sizeof to;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  while (::sendmsg(socket, &message, 0) < 0 && errno == EINTR) {
  }
}

void send_error(int socket, const sockaddr_in& to, unsigned code, const std::string& text) {
  send_to(socket, to, packet_of(5, code, text + '\0'));
}

/// False: nothing is there now.
bool take(int socket, std::string& bytes, sockaddr_in& from) {
  bytes.resize(65536);
  iovec part{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ssize_t n;
  while ((n = ::recvmsg(socket, &message, MSG_DONTWAIT)) < 0 && errno == EINTR) {
  }
  bytes.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return n >= 0;
}

unsigned number_at(const std::string& bytes, std::size_t place) {
  if (bytes.size() < place + 2) return UINT_MAX;
  return static_cast<unsigned char>(bytes[place]) * 256u + static_cast<unsigned char>(bytes[place + 1]);
}

class Server {
 public:
  Server(int socket, int directory, std::chrono::milliseconds time_out)
      : socket_(socket), time_out_(time_out), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    char* const path = ::realpath(("/proc/self/fd/" + std::to_string(directory)).c_str(), nullptr);
    if (epoll_ < 0 || !path) throw std::system_error(errno, std::generic_category(), "tftpd");
    base_ = std::string(path) + "/";
    ::free(path);
    watch(socket_);
  }

  void turn() {
    auto nearest = Clock::time_point::max();
    for (const auto& [fd, transfer] : transfers_) nearest = std::min(nearest, transfer.deadline);
    int wait = -1;
    if (nearest != Clock::time_point::max())
      wait = std::max<int>(
          0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(nearest - Clock::now()).count()));
    epoll_event events[16];
    const int count = ::epoll_wait(epoll_, events, 16, wait);
    for (int i = 0; i < count; ++i) events[i].data.fd == socket_ ? request() : answer(events[i].data.fd);
    const auto now = Clock::now();
    for (auto it = transfers_.begin(); it != transfers_.end();) {
      Transfer& transfer = (it++)->second;
      if (transfer.deadline <= now) transfer.tries == kTries ? end(transfer) : send(transfer);
    }
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void request() {
    std::string bytes;
    sockaddr_in client{};
    if (!take(socket_, bytes, client) || number_at(bytes, 0) == 5) return;
    const auto name_end = bytes.find('\0', 2);
    const auto mode_end = name_end == std::string::npos ? name_end : bytes.find('\0', name_end + 1);
    if (number_at(bytes, 0) != 1 || mode_end == std::string::npos || name_end == 2 ||
        ::strcasecmp(bytes.c_str() + name_end + 1, "octet") != 0)
      return send_error(socket_, client, 4, "not a read request");
    unsigned error = 0;
    const int file = open_file(bytes.substr(2, name_end - 2), error);
    if (file < 0) return send_error(socket_, client, error, "no");
    const int own = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    watch(own);
    Transfer& transfer = transfers_[own] = {own, file, client, 0, 0, "", {}};
    next(transfer);
  }

  /// By what the path really is. (Between this look and the open a name may be changed: openat2(2) is
  /// better.)
  int open_file(const std::string& name, unsigned& error) {
    error = 2;
    if (name[0] == '/') return -1;
    char* const path = ::realpath((base_ + name).c_str(), nullptr);
    if (!path) {
      error = errno == EACCES ? 2 : 1;
      return -1;
    }
    const std::string real = path;
    ::free(path);
    struct stat status {};
    if (real.compare(0, base_.size(), base_) != 0 || ::stat(real.c_str(), &status) != 0 ||
        !S_ISREG(status.st_mode))
      return -1;
    return ::open(real.c_str(), O_RDONLY | O_CLOEXEC);
  }

  void next(Transfer& transfer) {
    std::string data(kBlockSize, '\0');
    std::size_t filled = 0;
    const auto at = static_cast<off_t>(transfer.block) * static_cast<off_t>(kBlockSize);
    for (;;) {
      const ssize_t n =
          ::pread(transfer.file, data.data() + filled, data.size() - filled, at + static_cast<off_t>(filled));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      filled += static_cast<std::size_t>(n);
    }
    data.resize(filled);
    transfer.packet = packet_of(3, ++transfer.block, data);
    transfer.tries = 0;
    send(transfer);
  }

  void send(Transfer& transfer) {
    send_to(transfer.socket, transfer.client, transfer.packet);
    ++transfer.tries;
    transfer.deadline = Clock::now() + time_out_;
  }

  void end(const Transfer& transfer) {
    const int socket = transfer.socket;
    ::close(transfer.file);
    ::close(socket);
    transfers_.erase(socket);
  }

  void answer(int fd) {
    const auto found = transfers_.find(fd);
    std::string bytes;
    sockaddr_in from{};
    if (found == transfers_.end() || !take(fd, bytes, from)) return;
    Transfer& transfer = found->second;
    const unsigned opcode = number_at(bytes, 0);
    if (from.sin_addr.s_addr != transfer.client.sin_addr.s_addr ||
        from.sin_port != transfer.client.sin_port) {
      if (opcode != 5) send_error(fd, from, 5, "not your transfer");
      return;
    }
    if (opcode == 5) return end(transfer);
    if (opcode != 4 || number_at(bytes, 2) != transfer.block) return;
    if (transfer.packet.size() < 4 + kBlockSize) return end(transfer);
    next(transfer);
  }

  int socket_;
  std::chrono::milliseconds time_out_;
  int epoll_;
  std::string base_;
  std::map<int, Transfer> transfers_;
};

}  // namespace

void serve(int socket, int directory, std::chrono::milliseconds time_out) {
  for (Server server(socket, directory, time_out);;) server.turn();
}
