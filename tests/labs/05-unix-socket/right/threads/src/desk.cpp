// Lab 05-unix-socket: the desk, with a thread for each client. Streams carry lines; datagrams carry parcels,
// with an open file in them perhaps.

#include "desk.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <functional>
#include <system_error>
#include <thread>

namespace {

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

/// A datagram socket may ask for any name: a stream that lives there answers EPROTOTYPE, nobody ECONNREFUSED.
bool has_owner(const Address& address) {
  const Fd probe(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return ::connect(probe.get(), pointer(address), address.size) == 0 || errno == EPROTOTYPE;
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
  Fd socket(::socket(AF_UNIX, type, 0));
  if (socket.get() < 0) fail("socket");
  ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
  for (int attempt = 0; ::bind(socket.get(), pointer(address), address.size) != 0; ++attempt) {
    const int error = errno;
    if (error != EADDRINUSE || attempt > 0 || !is_socket_file(name) || has_owner(address))
      fail_with(error, "bind");
    ::unlink(name.c_str());
  }
  if (type == SOCK_STREAM && ::listen(socket.get(), SOMAXCONN) != 0) fail("listen");
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
  for (std::size_t done = 0; done < bytes.size();) {
    iovec part{const_cast<char*>(bytes.data()) + done, bytes.size() - done};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const ssize_t taken = ::sendmsg(socket.get(), &message, MSG_NOSIGNAL);
    if (taken >= 0) done += static_cast<std::size_t>(taken);
    else if (errno != EINTR) fail("send");
  }
}

Connection accept_at(const Fd& door) {
  for (;;) {
    Connection connection{Fd(::accept4(door.get(), nullptr, nullptr, SOCK_CLOEXEC)), "", false};
    if (connection.socket.get() >= 0) return connection;
    if (errno != EINTR) fail("accept");
  }
}

std::vector<std::string> take_lines(Connection& connection) {
  std::vector<std::string> lines;
  // One byte at a time, as long as there are any: never more is asked for than is there.
  char byte = 0;
  for (int flags = 0;; flags = MSG_DONTWAIT) {
    const ssize_t size = ::recv(connection.socket.get(), &byte, 1, flags);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN && flags == MSG_DONTWAIT) return lines;
    if (size < 0) fail("recv");
    if (size == 0) connection.ended = true;
    if (size == 0) return lines;
    if (byte != '\n') connection.unread += byte;
    else lines.push_back(std::exchange(connection.unread, {}));
    if (!lines.empty()) return lines;
  }
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
  ssize_t size = 0;
  do {
    size = ::recvmsg(box.get(), &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  if (size < 0) fail("recvmsg");
  int fds[sizeof control / sizeof(int)];
  std::size_t count = 0;
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message)) {
    count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    std::memcpy(fds, CMSG_DATA(header), count * sizeof(int));
  }
  const bool too_long = message.msg_flags & MSG_TRUNC;
  if (too_long || count > 1) {
    std::for_each(fds, fds + count, ::close);
    fail_with(too_long ? EMSGSIZE : EBADMSG, "recvmsg");
  }
  Parcel parcel;
  parcel.text.assign(text, static_cast<std::size_t>(size));
  if (count == 1) parcel.file.emplace(fds[0]);
  return parcel;
}

// The desk itself.

namespace {

std::string answer(const Connection& client, const std::string& line) {
  return line == "who" ? peer_of(client.socket) : std::string(line.rbegin(), line.rend());
}

void attend(Connection client, std::atomic<int>& lines) try {
  while (!client.ended) {
    for (const std::string& line : take_lines(client)) {
      ++lines;
      send_all(client.socket, answer(client, line) + "\n");
    }
  }
} catch (const std::system_error&) {
  // it has gone
}

}  // namespace

int serve(const Fd& door, int clients) {
  std::atomic<int> lines = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) threads.emplace_back(attend, accept_at(door), std::ref(lines));
  for (std::thread& thread : threads) thread.join();
  return lines;
}
