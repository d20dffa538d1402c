// Where channels begin and end: what a server did before it listened, its clients know; what a client did
// before it connected, the server; what somebody did before the last end was closed, whoever sees the end.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "race/runtime/channel.hpp"
#include "race/runtime/file_lock.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace ipclab::race {

Sync* destination(int fd, const sockaddr* address, socklen_t length) {
  if (!address || !watched()) return nullptr;
  const Inside inside;
  return address_sync(fd, address, length);
}

void before_close(int fd) {
  if (!watched()) return;
  const Inside inside;
  release_end(fd);
  drop_file_locks(fd);
}

}  // namespace ipclab::race

namespace {

void made_here(int fd) {
  const Channel channel = channel_of(fd);
  if (channel.in) channel.in->flags |= kKnown;
  if (channel.out) channel.out->flags |= kKnown;
}

}  // namespace

IPCLAB_INTERPOSE(int, pipe2, int*, int)(int* ends, int flags) {
  const int result = real_pipe2(ends, flags);
  if (result == 0 && watched()) {
    const Inside inside;
    made_here(ends[0]);
    if (Sync* sync = flags & O_DIRECT ? channel_of(ends[0]).in : nullptr) sync->flags |= kPackets;
  }
  return result;
}
extern "C" __attribute__((visibility("default"))) int pipe(int* ends) noexcept { return ::pipe2(ends, 0); }

IPCLAB_INTERPOSE(int, eventfd, unsigned, int)(unsigned value, int flags) noexcept {
  const int result = real_eventfd(value, flags);
  if (result >= 0 && watched()) {
    const Inside inside;
    made_here(result);
  }
  return result;
}

IPCLAB_INTERPOSE(int, socketpair, int, int, int, int*)(int domain, int type, int protocol, int* ends) {
  const int result = real_socketpair(domain, type, protocol, ends);
  if (result == 0 && watched()) {
    const Inside inside;
    connect_pair(ends[0], ends[1]);
    made_here(ends[0]);
  }
  return result;
}
IPCLAB_INTERPOSE(int, listen, int, int)(int fd, int backlog) {
  if (watched()) {
    const Inside inside;
    release(address_of(fd, false));
  }
  return real_listen(fd, backlog);
}
IPCLAB_INTERPOSE(int, connect, int, const sockaddr*, socklen_t)
(int fd, const sockaddr* address, socklen_t size) {
  Sync* server = destination(-1, address, size);
  if (server) {
    const Inside inside;
    release(server);
  }
  const int result = real_connect(fd, address, size);
  if (result == 0 && server && watched()) {
    const Inside inside;
    acquire(server);
  }
  return result;
}
IPCLAB_INTERPOSE(int, accept4, int, sockaddr*, socklen_t*, int)
(int fd, sockaddr* address, socklen_t* size, int flags) {
  const int result = real_accept4(fd, address, size, flags);
  if (result >= 0 && watched()) {
    const Inside inside;
    acquire(address_of(fd, false));
  }
  return result;
}
extern "C" __attribute__((visibility("default"))) int accept(int fd, sockaddr* address, socklen_t* size) {
  return ::accept4(fd, address, size, 0);
}

IPCLAB_INTERPOSE(int, close, int)(int fd) {
  before_close(fd);
  return real_close(fd);
}
IPCLAB_INTERPOSE(int, close_range, unsigned, unsigned, int)
(unsigned first, unsigned last, int flags) noexcept {
  constexpr unsigned kMost = 1024;  // what others may have open beyond is nobody's signal
  for (unsigned fd = first; watched() && !(flags & CLOSE_RANGE_CLOEXEC) && fd <= last && fd < kMost; ++fd)
    before_close(static_cast<int>(fd));
  return real_close_range(first, last, flags);
}
extern "C" __attribute__((visibility("default"))) void closefrom(int first) noexcept {
  ::close_range(static_cast<unsigned>(first < 0 ? 0 : first), ~0u, 0);
}
IPCLAB_INTERPOSE(int, shutdown, int, int)(int fd, int how) {
  if (watched()) {
    const Inside inside;
    release_end(fd);
  }
  return real_shutdown(fd, how);
}
IPCLAB_INTERPOSE(int, dup2, int, int)(int fd, int to) {
  if (fd != to) before_close(to);
  return real_dup2(fd, to);
}
IPCLAB_INTERPOSE(int, dup3, int, int, int)(int fd, int to, int flags) {
  if (fd != to) before_close(to);
  return real_dup3(fd, to, flags);
}
