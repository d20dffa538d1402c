// Lab 05-unix-socket: the desk. Streams carry lines; datagrams carry parcels, with an open file in them
// perhaps.

#include "desk.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

#include "ipclab/not_done.hpp"

using ipclab::not_done;

namespace {

[[maybe_unused]] constexpr int kBacklog = 8;

[[noreturn]] void fail_with(int error, const char* call) {
  throw std::system_error(error, std::generic_category(), call);
}

[[noreturn]] void fail(const char* call) { fail_with(errno, call); }

const sockaddr* pointer(const Address& address) { return reinterpret_cast<const sockaddr*>(&address.bytes); }

/// Is there a socket's file of this name, living or not? Leaves errno alone.
[[maybe_unused]] bool is_socket_file(const std::string& name) {
  const int before = errno;
  struct stat file {};
  const bool is_there = !is_abstract(name) && ::lstat(name.c_str(), &file) == 0;
  errno = before;
  return is_there && S_ISSOCK(file.st_mode);
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

Fd open_at(const std::string& name, [[maybe_unused]] int type) {
  [[maybe_unused]] const Address address = address_of(name);
  // TODO(1): Make a socket of this type that a program you execute would not inherit, bind it to `address`,
  // and let it listen (kBacklog) if it is a stream. When the name is taken: a socket file whose owner has
  // gone refuses connections (ECONNREFUSED): remove it and bind again. Whatever else has the name keeps it:
  // fail with EADDRINUSE.
  not_done(1);
  // END(1)
}

Fd connect_to(const std::string& name) {
  const Address address = address_of(name);
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) fail("socket");
  if (::connect(socket.get(), pointer(address), address.size) != 0) fail("connect");
  return socket;
}

// Streams.

void send_all([[maybe_unused]] const Fd& socket, [[maybe_unused]] std::string_view bytes) {
  // TODO(2): Send all the bytes. A call may take only a part of them. When the other side has closed, this
  // process gets an error to throw (fail("send")), and no signal.
  not_done(2);
  // END(2)
}

Connection accept_at(const Fd& door) {
  for (;;) {
    Connection connection{Fd(::accept4(door.get(), nullptr, nullptr, SOCK_CLOEXEC)), "", false};
    if (connection.socket.get() >= 0) return connection;
    if (errno != EINTR) fail("accept");
  }
}

std::vector<std::string> take_lines([[maybe_unused]] Connection& connection) {
  std::vector<std::string> lines;
  // TODO(3): Receive once: sleep until something is there, and take it. Put it behind what is unread; then
  // take every complete line out of that. When the other side has closed, say so in `ended`.
  not_done(3);
  // END(3)
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

Parcel receive_parcel([[maybe_unused]] const Fd& box) {
  char text[kMostText];
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  iovec part{text, sizeof text};
  [[maybe_unused]] msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  // TODO(4): Receive `message`, so that no program you execute would inherit a file that comes with it. Take
  // every descriptor out of the control message, SCM_RIGHTS; there may be none, and there may be more than
  // one. msg_flags says whether anything was cut off. A parcel that is too long or has too many files is
  // refused: close all its files.
  not_done(4);
  // END(4)
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
