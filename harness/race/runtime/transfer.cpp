// read, write and their kin: clocks by what the descriptor leads to, and accesses to the memory that they
// copy.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <utility>

#include "race/runtime/channel.hpp"
#include "race/runtime/file_lock.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/shadow.hpp"
#include "race/runtime/signal.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace {

std::uint64_t number(const void* address) { return reinterpret_cast<std::uint64_t>(address); }

/// Memory that a call copies, in pieces; at most `bytes` of it.
void touches(const iovec* pieces, std::size_t count, ssize_t bytes, unsigned how, std::uint64_t place) {
  auto left = bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
  for (std::size_t i = 0; i < count && left > 0; ++i) {
    const std::size_t length = pieces[i].iov_len < left ? pieces[i].iov_len : left;
    access_range(number(pieces[i].iov_base), length, how, place);
    left -= length;
  }
}

std::size_t length_of(const iovec* pieces, std::size_t count) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i) length += pieces[i].iov_len;
  return length;
}

/// Under the scheduler: until the call need not wait. What the run did not make itself may lead outside:
/// nobody of the run notices that it is used, and it is not waited for here; the scheduler notices when the
/// call sleeps. False: a signal ended the wait.
bool until_ready(int fd, short events, const Sync* sync, std::uint64_t place) {
  static constinit Real<int(pollfd*, nfds_t, int)> look("poll");
  if (!sync || !(sync->flags & kKnown)) return true;
  const What what = events == POLLIN ? What::receive : What::send;
  const bool waits = !(::fcntl(fd, F_GETFL) & O_NONBLOCK);
  scheduler::Interruption interruption;
  bool interrupted = false;
  scheduler::retry(what, sync, place, {}, [&] {
    pollfd ready{fd, events, 0};
    return !waits || look(&ready, 1, 0) != 0 || (interrupted = interruption.came());
  });
  return !interrupted;
}

template <typename Call>
ssize_t outgoing(int fd, const iovec* pieces, std::size_t count, Sync* to, std::uint64_t place, Call call) {
  if (!watched()) return call();
  touches(pieces, count, static_cast<ssize_t>(length_of(pieces, count)), 0, place);
  Inside inside;
  Channel channel = channel_of(fd);
  if (to) channel = {Flow::messages, nullptr, to};
  if (record()->scheduled && channel.out &&
      !outside(inside, [&] { return until_ready(fd, POLLOUT, channel.out, place); }))
    return -1;
  if (channel.flow == Flow::messages) {
    const Contents contents = contents_of(pieces, count, length_of(pieces, count), 0);
    send_message(channel.out, contents);
    const ssize_t result = outside(inside, call);
    if (result < 0) take_back(channel.out, contents);
    return result;
  }
  Writing writing(channel.out, true);
  const ssize_t result = outside(inside, call);
  writing.done(result);
  return result;
}

void signals_came(const iovec* pieces, std::size_t count, ssize_t bytes) {
  const auto* all = static_cast<const signalfd_siginfo*>(count == 1 ? pieces[0].iov_base : nullptr);
  const int busy = std::exchange(self.busy, 0);
  for (ssize_t i = 0; all && (i + 1) * static_cast<ssize_t>(sizeof *all) <= bytes; ++i)
    signal_came(static_cast<int>(all[i].ssi_signo), all[i].ssi_code);
  self.busy = busy;
}

template <typename Call>
ssize_t incoming(int fd, const iovec* pieces, std::size_t count, bool taken, std::uint64_t place, Call call) {
  if (!watched()) return call();
  ssize_t result;
  {
    Inside inside;
    const Channel channel = channel_of(fd);
    if (record()->scheduled && channel.in &&
        !outside(inside, [&] { return until_ready(fd, POLLIN, channel.in, place); }))
      return -1;
    Reading reading(channel.flow == Flow::messages ? nullptr : channel.in, taken);
    result = outside(inside, call);
    reading.done(result);
    if (channel.flow == Flow::messages && result >= 0)
      receive_message(channel.in, contents_of(pieces, count, static_cast<std::size_t>(result), 0), taken);
    if (channel.flow == Flow::signals) signals_came(pieces, count, result);
  }
  touches(pieces, count, result, kWrite, place);
  return result;
}

/// The address that a datagram is sent to.
Sync* destination(int fd, const sockaddr* address, socklen_t length);

}  // namespace

IPCLAB_INTERPOSE(ssize_t, write, int, const void*, std::size_t)
(int fd, const void* bytes, std::size_t length) {
  const iovec piece{const_cast<void*>(bytes), length};
  return outgoing(fd, &piece, 1, nullptr, IPCLAB_PLACE, [&] { return real_write(fd, bytes, length); });
}
IPCLAB_INTERPOSE(ssize_t, writev, int, const iovec*, int)(int fd, const iovec* pieces, int count) {
  return outgoing(fd, pieces, static_cast<std::size_t>(count), nullptr, IPCLAB_PLACE,
                  [&] { return real_writev(fd, pieces, count); });
}
IPCLAB_INTERPOSE(ssize_t, pwrite, int, const void*, std::size_t, off_t)
(int fd, const void* bytes, std::size_t length, off_t at) {
  const iovec piece{const_cast<void*>(bytes), length};
  return outgoing(fd, &piece, 1, nullptr, IPCLAB_PLACE, [&] { return real_pwrite(fd, bytes, length, at); });
}
IPCLAB_INTERPOSE(ssize_t, send, int, const void*, std::size_t, int)
(int fd, const void* bytes, std::size_t length, int flags) {
  const iovec piece{const_cast<void*>(bytes), length};
  return outgoing(fd, &piece, 1, nullptr, IPCLAB_PLACE, [&] { return real_send(fd, bytes, length, flags); });
}
IPCLAB_INTERPOSE(ssize_t, sendto, int, const void*, std::size_t, int, const sockaddr*, socklen_t)
(int fd, const void* bytes, std::size_t length, int flags, const sockaddr* address, socklen_t size) {
  const iovec piece{const_cast<void*>(bytes), length};
  return outgoing(fd, &piece, 1, destination(fd, address, size), IPCLAB_PLACE,
                  [&] { return real_sendto(fd, bytes, length, flags, address, size); });
}
IPCLAB_INTERPOSE(ssize_t, sendmsg, int, const msghdr*, int)(int fd, const msghdr* message, int flags) {
  return outgoing(fd, message->msg_iov, message->msg_iovlen,
                  destination(fd, static_cast<const sockaddr*>(message->msg_name), message->msg_namelen),
                  IPCLAB_PLACE, [&] { return real_sendmsg(fd, message, flags); });
}

IPCLAB_INTERPOSE(ssize_t, read, int, void*, std::size_t)(int fd, void* bytes, std::size_t length) {
  const iovec piece{bytes, length};
  return incoming(fd, &piece, 1, true, IPCLAB_PLACE, [&] { return real_read(fd, bytes, length); });
}
IPCLAB_INTERPOSE(ssize_t, readv, int, const iovec*, int)(int fd, const iovec* pieces, int count) {
  return incoming(fd, pieces, static_cast<std::size_t>(count), true, IPCLAB_PLACE,
                  [&] { return real_readv(fd, pieces, count); });
}
IPCLAB_INTERPOSE(ssize_t, pread, int, void*, std::size_t, off_t)
(int fd, void* bytes, std::size_t length, off_t at) {
  const iovec piece{bytes, length};
  return incoming(fd, &piece, 1, true, IPCLAB_PLACE, [&] { return real_pread(fd, bytes, length, at); });
}
IPCLAB_INTERPOSE(ssize_t, recv, int, void*, std::size_t, int)
(int fd, void* bytes, std::size_t length, int flags) {
  const iovec piece{bytes, length};
  return incoming(fd, &piece, 1, !(flags & MSG_PEEK), IPCLAB_PLACE,
                  [&] { return real_recv(fd, bytes, length, flags); });
}
IPCLAB_INTERPOSE(ssize_t, recvfrom, int, void*, std::size_t, int, sockaddr*, socklen_t*)
(int fd, void* bytes, std::size_t length, int flags, sockaddr* address, socklen_t* size) {
  const iovec piece{bytes, length};
  return incoming(fd, &piece, 1, !(flags & MSG_PEEK), IPCLAB_PLACE,
                  [&] { return real_recvfrom(fd, bytes, length, flags, address, size); });
}
IPCLAB_INTERPOSE(ssize_t, recvmsg, int, msghdr*, int)(int fd, msghdr* message, int flags) {
  return incoming(fd, message->msg_iov, message->msg_iovlen, !(flags & MSG_PEEK), IPCLAB_PLACE,
                  [&] { return real_recvmsg(fd, message, flags); });
}

IPCLAB_INTERPOSE(ssize_t, preadv, int, const iovec*, int, off_t)
(int fd, const iovec* pieces, int count, off_t at) {
  return incoming(fd, pieces, static_cast<std::size_t>(count), true, IPCLAB_PLACE,
                  [&] { return real_preadv(fd, pieces, count, at); });
}
IPCLAB_INTERPOSE(ssize_t, pwritev, int, const iovec*, int, off_t)
(int fd, const iovec* pieces, int count, off_t at) {
  return outgoing(fd, pieces, static_cast<std::size_t>(count), nullptr, IPCLAB_PLACE,
                  [&] { return real_pwritev(fd, pieces, count, at); });
}
IPCLAB_INTERPOSE(int, sendmmsg, int, mmsghdr*, unsigned, int)
(int fd, mmsghdr* messages, unsigned count, int flags) {
  static constinit Real<ssize_t(int, const msghdr*, int)> one("sendmsg");
  for (unsigned i = 0; i < count; ++i) {
    const msghdr& message = messages[i].msg_hdr;
    const ssize_t bytes =
        outgoing(fd, message.msg_iov, message.msg_iovlen,
                 destination(fd, static_cast<const sockaddr*>(message.msg_name), message.msg_namelen),
                 IPCLAB_PLACE, [&] { return one(fd, &message, flags); });
    if (bytes < 0) return i > 0 ? static_cast<int>(i) : -1;
    messages[i].msg_len = static_cast<unsigned>(bytes);
  }
  return static_cast<int>(count);
}

// From descriptor to descriptor, past the program.

namespace {

/// `taken`: the bytes are gone from where they were.
template <typename Call>
ssize_t moved(int in, int out, bool taken, std::uint64_t place, Call call) {
  if (watched()) {
    const Inside inside;
    lead(channel_of(in).in, channel_of(out).out);
  }
  return incoming(in, nullptr, 0, taken, place,
                  [&] { return outgoing(out, nullptr, 0, nullptr, place, call); });
}

}  // namespace

IPCLAB_INTERPOSE(ssize_t, sendfile, int, int, off_t*, std::size_t)
(int out, int in, off_t* from, std::size_t length) {
  return moved(in, out, true, IPCLAB_PLACE, [&] { return real_sendfile(out, in, from, length); });
}
IPCLAB_INTERPOSE(ssize_t, copy_file_range, int, off64_t*, int, off64_t*, std::size_t, unsigned)
(int in, off64_t* from, int out, off64_t* to, std::size_t length, unsigned flags) {
  return moved(in, out, true, IPCLAB_PLACE,
               [&] { return real_copy_file_range(in, from, out, to, length, flags); });
}
IPCLAB_INTERPOSE(ssize_t, splice, int, off64_t*, int, off64_t*, std::size_t, unsigned)
(int in, off64_t* from, int out, off64_t* to, std::size_t length, unsigned flags) {
  return moved(in, out, true, IPCLAB_PLACE, [&] { return real_splice(in, from, out, to, length, flags); });
}
IPCLAB_INTERPOSE(ssize_t, tee, int, int, std::size_t, unsigned)
(int in, int out, std::size_t length, unsigned flags) {
  return moved(in, out, false, IPCLAB_PLACE, [&] { return real_tee(in, out, length, flags); });
}
IPCLAB_INTERPOSE(ssize_t, vmsplice, int, const iovec*, std::size_t, unsigned)
(int fd, const iovec* pieces, std::size_t count, unsigned flags) {
  return outgoing(fd, pieces, count, nullptr, IPCLAB_PLACE,
                  [&] { return real_vmsplice(fd, pieces, count, flags); });
}

// Of the two processes only this one's memory is known here.

IPCLAB_INTERPOSE(ssize_t, process_vm_readv, pid_t, const iovec*, unsigned long, const iovec*, unsigned long,
                 unsigned long)
(pid_t pid, const iovec* local, unsigned long locals, const iovec* remote, unsigned long remotes,
 unsigned long flags) {
  const ssize_t bytes = real_process_vm_readv(pid, local, locals, remote, remotes, flags);
  if (watched()) touches(local, locals, bytes, kWrite, IPCLAB_PLACE);
  return bytes;
}
IPCLAB_INTERPOSE(ssize_t, process_vm_writev, pid_t, const iovec*, unsigned long, const iovec*, unsigned long,
                 unsigned long)
(pid_t pid, const iovec* local, unsigned long locals, const iovec* remote, unsigned long remotes,
 unsigned long flags) {
  const ssize_t bytes = real_process_vm_writev(pid, local, locals, remote, remotes, flags);
  if (watched()) touches(local, locals, bytes, 0, IPCLAB_PLACE);
  return bytes;
}

/// Who reads the timer knows what was known when it was set.
IPCLAB_INTERPOSE(int, timerfd_settime, int, int, const itimerspec*, itimerspec*)
(int fd, int flags, const itimerspec* time, itimerspec* old) {
  if (watched()) {
    const Inside inside;
    release(channel_of(fd).out);
  }
  return real_timerfd_settime(fd, flags, time, old);
}

IPCLAB_INTERPOSE(int, eventfd_write, int, eventfd_t)(int fd, eventfd_t value) {
  return ::write(fd, &value, sizeof value) == sizeof value ? 0 : -1;
}
IPCLAB_INTERPOSE(int, eventfd_read, int, eventfd_t*)(int fd, eventfd_t* value) {
  return ::read(fd, value, sizeof *value) == sizeof *value ? 0 : -1;
}

// Where a stream ends.

IPCLAB_INTERPOSE(int, close, int)(int fd) {
  if (watched()) {
    const Inside inside;
    release_end(fd);
    drop_file_locks(fd);
  }
  return real_close(fd);
}
IPCLAB_INTERPOSE(int, shutdown, int, int)(int fd, int how) {
  if (watched()) {
    const Inside inside;
    release_end(fd);
  }
  return real_shutdown(fd, how);
}
IPCLAB_INTERPOSE(int, dup2, int, int)(int fd, int to) {
  if (watched() && fd != to) {
    const Inside inside;
    release_end(to);
  }
  return real_dup2(fd, to);
}
IPCLAB_INTERPOSE(int, dup3, int, int, int)(int fd, int to, int flags) {
  if (watched() && fd != to) {
    const Inside inside;
    release_end(to);
  }
  return real_dup3(fd, to, flags);
}

// Where it begins: what a server did before it listened, its clients know; what a client did before it
// connected, the server.

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

namespace {

Sync* destination(int fd, const sockaddr* address, socklen_t length) {
  if (!address || !watched()) return nullptr;
  const Inside inside;
  return address_sync(fd, address, length);
}

}  // namespace
