// Lab 05-unix-socket: the desk; no call on a socket waits but poll(). Streams carry lines; datagrams carry
// parcels, with an open file in them perhaps.

#include "desk.hpp"

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <system_error>

namespace {

constexpr int kBacklog = 8;

[[noreturn]] void fail_with(int error, const char* call) {
  throw std::system_error(error, std::generic_category(), call);
}

[[noreturn]] void fail(const char* call) { fail_with(errno, call); }

const sockaddr* pointer(const Address& address) { return reinterpret_cast<const sockaddr*>(&address.bytes); }

/// Is there a socket's file of this name, living or not? Leaves errno alone.
bool is_socket_file(const std::string& name) {
  const int before = errno;
  struct stat file {};
  const bool is_there = !is_abstract(name) && ::lstat(name.c_str(), &file) == 0;
  errno = before;
  return is_there && S_ISSOCK(file.st_mode);
}

/// The kernel lists every socket that has a name, as it was given to bind().
bool is_in_use(const std::string& name) {
  std::ifstream list("/proc/net/unix");
  for (std::string entry; std::getline(list, entry);)
    if (entry.ends_with(" " + name)) return true;
  return false;
}

/// Sleeps until the socket can be read, or written.
void wait_until(const Fd& socket, short event) {
  pollfd polled{socket.get(), event, 0};
  while (::poll(&polled, 1, -1) < 0)
    if (errno != EINTR) fail("poll");
}

}  // namespace

// Names.

bool is_abstract(const std::string& name) { return name.starts_with('@'); }

/// A file name ends with a zero. An abstract name begins with one, and ends where `size` says: a zero behind
/// it would be a part of the name.
Address address_of(const std::string& name) {
  Address address;
  address.bytes.sun_family = AF_UNIX;
  if (name.empty() || name.size() >= sizeof address.bytes.sun_path) fail_with(ENAMETOOLONG, name.c_str());
  std::memcpy(address.bytes.sun_path, name.data(), name.size());
  if (is_abstract(name)) address.bytes.sun_path[0] = '\0';
  address.size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + (is_abstract(name) ? 0 : 1));
  return address;
}

Fd open_at(const std::string& name, int type) {
  const Address address = address_of(name);
  Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) fail("socket");
  if (is_socket_file(name) && !is_in_use(name)) ::unlink(name.c_str());
  if (::bind(socket.get(), pointer(address), address.size) != 0) fail("bind");
  if (type == SOCK_STREAM && ::listen(socket.get(), kBacklog) != 0) fail("listen");
  return socket;
}

Fd connect_to(const std::string& name) {
  const Address address = address_of(name);
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) fail("socket");
  if (::connect(socket.get(), pointer(address), address.size) != 0) fail("connect");
  return socket;
}

// Streams.

void send_all(const Fd& socket, std::string_view bytes) {
  ::signal(SIGPIPE, SIG_IGN);
  while (!bytes.empty()) {
    const ssize_t taken = ::write(socket.get(), bytes.data(), bytes.size());
    if (taken >= 0) bytes.remove_prefix(static_cast<std::size_t>(taken));
    else if (errno == EAGAIN) wait_until(socket, POLLOUT);
    else if (errno != EINTR) fail("send");
  }
}

Connection accept_at(const Fd& door) {
  for (;;) {
    wait_until(door, POLLIN);
    Connection connection{Fd(::accept4(door.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)), "",
                          false};
    if (connection.socket.get() >= 0) return connection;
    if (errno != EINTR && errno != EAGAIN && errno != ECONNABORTED) fail("accept");
  }
}

std::vector<std::string> take_lines(Connection& connection) {
  std::vector<std::string> lines;
  std::vector<char> piece(100);
  ssize_t size = -1;
  while ((size = ::read(connection.socket.get(), piece.data(), piece.size())) < 0) {
    if (errno == EAGAIN) wait_until(connection.socket, POLLIN);
    else if (errno != EINTR) fail("read");
  }
  if (size == 0) connection.ended = true;
  std::for_each(piece.begin(), piece.begin() + size, [&](char letter) {
    if (letter == '\n') lines.push_back(std::exchange(connection.unread, {}));
    else connection.unread += letter;
  });
  return lines;
}

std::string peer_of(const Fd& socket) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) fail("getsockopt");
  return std::to_string(who.pid) + " " + std::to_string(who.uid) + " " + std::to_string(who.gid);
}

// Parcels.

void send_parcel(const std::string& name, std::string_view text, const std::vector<Fd>& files) {
  Address address = address_of(name);
  iovec part{const_cast<char*>(text.data()), text.size()};
  msghdr message{};
  message.msg_name = &address.bytes;
  message.msg_namelen = address.size;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  // The ancillary data: one control message, whose contents are descriptor numbers. The kernel puts the open
  // files themselves into the datagram, and gives the receiver descriptors of its own for them.
  const std::size_t bytes = files.size() * sizeof(int);
  std::vector<char> control(CMSG_SPACE(bytes));
  if (!files.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(bytes);
    for (std::size_t i = 0; i < files.size(); ++i) {
      const int fd = files[i].get();
      std::memcpy(CMSG_DATA(header) + i * sizeof fd, &fd, sizeof fd);
    }
  }
  const Fd sender(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (sender.get() < 0) fail("socket");
  while (::sendmsg(sender.get(), &message, MSG_NOSIGNAL) < 0)
    if (errno != EINTR) fail("sendmsg");
}

Parcel receive_parcel(const Fd& box) {
  char text[kMostText];
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  iovec part{text, sizeof text};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t size = -1;
  while ((size = ::recvmsg(box.get(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT)) < 0) {
    if (errno == EAGAIN) wait_until(box, POLLIN);
    else if (errno != EINTR) fail("recvmsg");
  }
  Parcel parcel{std::string(text, static_cast<std::size_t>(size)), std::nullopt};
  std::size_t files = 0;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t at = CMSG_LEN(0); at < header->cmsg_len; at += sizeof(int), ++files) {
      int fd = -1;
      std::memcpy(&fd, reinterpret_cast<const char*>(header) + at, sizeof fd);
      parcel.file = Fd(fd);  // and closes the one before
    }
  }
  if (message.msg_flags & MSG_TRUNC) fail_with(EMSGSIZE, "recvmsg");
  if (files > 1) fail_with(EBADMSG, "recvmsg");
  return parcel;
}

// The desk itself.

namespace {

std::string answer(const Connection& client, const std::string& line) {
  return line == "who" ? peer_of(client.socket) : std::string(line.rbegin(), line.rend());
}

/// What has come from a client that poll() has found readable. False: the client has gone.
bool attend(Connection& client, int& lines) try {
  for (const std::string& line : take_lines(client)) {
    ++lines;
    send_all(client.socket, answer(client, line) + "\n");
  }
  return !client.ended;
} catch (const std::system_error& error) {
  if (error.code() == std::errc::broken_pipe || error.code() == std::errc::connection_reset) return false;
  throw;
}

}  // namespace

int serve(const Fd& door, int clients) {
  int lines = 0;
  std::vector<Connection> here;
  while (clients > 0) {
    std::vector<pollfd> polled{{door.get(), POLLIN, 0}};
    for (const Connection& client : here) polled.push_back({client.socket.get(), POLLIN, 0});
    if (::poll(polled.data(), polled.size(), -1) < 0) {
      if (errno != EINTR) fail("poll");
      continue;
    }
    for (std::size_t i = here.size(); i-- > 0;) {
      if (!polled[i + 1].revents || attend(here[i], lines)) continue;
      here.erase(here.begin() + static_cast<std::ptrdiff_t>(i));
      --clients;
    }
    if (polled[0].revents) here.push_back(accept_at(door));
  }
  return lines;
}
