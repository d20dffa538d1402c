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

#include <optional>
#include <utility>

#include "race/runtime/channel.hpp"
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

/// SO_RCVTIMEO and SO_SNDTIMEO, socket(7).
std::optional<std::uint64_t> time_out_of(int fd, short events) {
  timeval time{};
  socklen_t size = sizeof time;
  const int option = events == POLLIN ? SO_RCVTIMEO : SO_SNDTIMEO;
  const int error = errno;
  if (::getsockopt(fd, SOL_SOCKET, option, &time, &size) != 0) errno = error;
  const auto ns = static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
                  static_cast<std::uint64_t>(time.tv_usec) * 1'000;
  return ns ? std::optional(ns) : std::nullopt;
}

/// Under the scheduler: until the call need not wait. What the run did not make itself may lead outside:
/// nobody of the run notices that it is used, and it is not waited for here; the scheduler notices when the
/// call sleeps. False: a signal or the socket's time-out ended the wait.
bool until_ready(int fd, short events, int flags, const Sync* sync, std::uint64_t place) {
  static constinit Real<int(pollfd*, nfds_t, int)> look("poll");
  if (!sync || !(sync->flags & kKnown)) return true;
  const What what = events == POLLIN ? What::receive : What::send;
  const bool waits = !(flags & MSG_DONTWAIT) && !(::fcntl(fd, F_GETFL) & O_NONBLOCK);
  scheduler::Interruption interruption;
  bool interrupted = false;
  const bool in_time = scheduler::retry(what, sync, place, time_out_of(fd, events), [&] {
    pollfd ready{fd, events, 0};
    return !waits || look(&ready, 1, 0) != 0 || (interrupted = interruption.came());
  });
  if (!in_time) errno = EAGAIN;
  return in_time && !interrupted;
}

template <typename Call>
ssize_t outgoing(int fd, const iovec* pieces, std::size_t count, int flags, Sync* to, std::uint64_t place,
                 Call call) {
  if (!watched()) return call();
  touches(pieces, count, static_cast<ssize_t>(length_of(pieces, count)), 0, place);
  Inside inside;
  Channel channel = channel_of(fd);
  if (to) channel = {Flow::messages, nullptr, to};
  if (record()->scheduled && channel.out &&
      !outside(inside, [&] { return until_ready(fd, POLLOUT, flags, channel.out, place); }))
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

/// Of a packet that is longer the rest is gone (pipe(2), O_DIRECT): where the next begins nobody knows.
void full_read(Sync& sync, ssize_t bytes, std::size_t room) {
  if (bytes < 0 || static_cast<std::size_t>(bytes) < room) return;
  const Holding holding(sync.lock);
  sync.flags |= kInexact;
}

template <typename Call>
ssize_t incoming(int fd, const iovec* pieces, std::size_t count, int flags, std::uint64_t place, Call call) {
  if (!watched()) return call();
  const bool taken = !(flags & MSG_PEEK);
  ssize_t result;
  {
    Inside inside;
    const Channel channel = channel_of(fd);
    if (record()->scheduled && channel.in &&
        !outside(inside, [&] { return until_ready(fd, POLLIN, flags, channel.in, place); }))
      return -1;
    Reading reading(channel.flow == Flow::messages ? nullptr : channel.in, taken);
    result = outside(inside, call);
    if (channel.in && (channel.in->flags & kPackets))
      full_read(*channel.in, result, length_of(pieces, count));
    reading.done(result);
    if (channel.flow == Flow::messages && result >= 0)
      receive_message(channel.in, contents_of(pieces, count, static_cast<std::size_t>(result), 0), taken);
    if (channel.flow == Flow::signals) signals_came(pieces, count, result);
  }
  touches(pieces, count, result, kWrite, place);
  return result;
}

timespec moment_in(const timespec& time) {
  timespec moment{};
  ::clock_gettime(CLOCK_MONOTONIC, &moment);
  moment.tv_sec += time.tv_sec + (moment.tv_nsec + time.tv_nsec) / 1'000'000'000;
  moment.tv_nsec = (moment.tv_nsec + time.tv_nsec) % 1'000'000'000;
  return moment;
}

}  // namespace

IPCLAB_INTERPOSE(ssize_t, write, int, const void*, std::size_t)
(int fd, const void* bytes, std::size_t length) {
  const iovec piece{const_cast<void*>(bytes), length};
  return outgoing(fd, &piece, 1, 0, nullptr, IPCLAB_PLACE, [&] { return real_write(fd, bytes, length); });
}
IPCLAB_INTERPOSE(ssize_t, writev, int, const iovec*, int)(int fd, const iovec* pieces, int count) {
  return outgoing(fd, pieces, static_cast<std::size_t>(count), 0, nullptr, IPCLAB_PLACE,
                  [&] { return real_writev(fd, pieces, count); });
}
IPCLAB_INTERPOSE(ssize_t, pwrite, int, const void*, std::size_t, off_t)
(int fd, const void* bytes, std::size_t length, off_t at) {
  const iovec piece{const_cast<void*>(bytes), length};
  return outgoing(fd, &piece, 1, 0, nullptr, IPCLAB_PLACE,
                  [&] { return real_pwrite(fd, bytes, length, at); });
}
IPCLAB_INTERPOSE(ssize_t, send, int, const void*, std::size_t, int)
(int fd, const void* bytes, std::size_t length, int flags) {
  const iovec piece{const_cast<void*>(bytes), length};
  return outgoing(fd, &piece, 1, flags, nullptr, IPCLAB_PLACE,
                  [&] { return real_send(fd, bytes, length, flags); });
}
IPCLAB_INTERPOSE(ssize_t, sendto, int, const void*, std::size_t, int, const sockaddr*, socklen_t)
(int fd, const void* bytes, std::size_t length, int flags, const sockaddr* address, socklen_t size) {
  const iovec piece{const_cast<void*>(bytes), length};
  return outgoing(fd, &piece, 1, flags, destination(fd, address, size), IPCLAB_PLACE,
                  [&] { return real_sendto(fd, bytes, length, flags, address, size); });
}
IPCLAB_INTERPOSE(ssize_t, sendmsg, int, const msghdr*, int)(int fd, const msghdr* message, int flags) {
  return outgoing(fd, message->msg_iov, message->msg_iovlen, flags,
                  destination(fd, static_cast<const sockaddr*>(message->msg_name), message->msg_namelen),
                  IPCLAB_PLACE, [&] { return real_sendmsg(fd, message, flags); });
}

IPCLAB_INTERPOSE(ssize_t, read, int, void*, std::size_t)(int fd, void* bytes, std::size_t length) {
  const iovec piece{bytes, length};
  return incoming(fd, &piece, 1, 0, IPCLAB_PLACE, [&] { return real_read(fd, bytes, length); });
}
IPCLAB_INTERPOSE(ssize_t, readv, int, const iovec*, int)(int fd, const iovec* pieces, int count) {
  return incoming(fd, pieces, static_cast<std::size_t>(count), 0, IPCLAB_PLACE,
                  [&] { return real_readv(fd, pieces, count); });
}
IPCLAB_INTERPOSE(ssize_t, pread, int, void*, std::size_t, off_t)
(int fd, void* bytes, std::size_t length, off_t at) {
  const iovec piece{bytes, length};
  return incoming(fd, &piece, 1, 0, IPCLAB_PLACE, [&] { return real_pread(fd, bytes, length, at); });
}
IPCLAB_INTERPOSE(ssize_t, recv, int, void*, std::size_t, int)
(int fd, void* bytes, std::size_t length, int flags) {
  const iovec piece{bytes, length};
  return incoming(fd, &piece, 1, flags, IPCLAB_PLACE, [&] { return real_recv(fd, bytes, length, flags); });
}
IPCLAB_INTERPOSE(ssize_t, recvfrom, int, void*, std::size_t, int, sockaddr*, socklen_t*)
(int fd, void* bytes, std::size_t length, int flags, sockaddr* address, socklen_t* size) {
  const iovec piece{bytes, length};
  return incoming(fd, &piece, 1, flags, IPCLAB_PLACE,
                  [&] { return real_recvfrom(fd, bytes, length, flags, address, size); });
}
IPCLAB_INTERPOSE(ssize_t, recvmsg, int, msghdr*, int)(int fd, msghdr* message, int flags) {
  return incoming(fd, message->msg_iov, message->msg_iovlen, flags, IPCLAB_PLACE,
                  [&] { return real_recvmsg(fd, message, flags); });
}

IPCLAB_INTERPOSE(ssize_t, preadv, int, const iovec*, int, off_t)
(int fd, const iovec* pieces, int count, off_t at) {
  return incoming(fd, pieces, static_cast<std::size_t>(count), 0, IPCLAB_PLACE,
                  [&] { return real_preadv(fd, pieces, count, at); });
}
IPCLAB_INTERPOSE(ssize_t, pwritev, int, const iovec*, int, off_t)
(int fd, const iovec* pieces, int count, off_t at) {
  return outgoing(fd, pieces, static_cast<std::size_t>(count), 0, nullptr, IPCLAB_PLACE,
                  [&] { return real_pwritev(fd, pieces, count, at); });
}
IPCLAB_INTERPOSE(int, sendmmsg, int, mmsghdr*, unsigned, int)
(int fd, mmsghdr* messages, unsigned count, int flags) {
  static constinit Real<ssize_t(int, const msghdr*, int)> one("sendmsg");
  for (unsigned i = 0; i < count; ++i) {
    const msghdr& message = messages[i].msg_hdr;
    const ssize_t bytes =
        outgoing(fd, message.msg_iov, message.msg_iovlen, flags,
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
  return incoming(in, nullptr, 0, taken ? 0 : MSG_PEEK, place,
                  [&] { return outgoing(out, nullptr, 0, 0, nullptr, place, call); });
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
  return outgoing(fd, pieces, count, 0, nullptr, IPCLAB_PLACE,
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

/// One after the other, as recvmmsg(2) does it: the time-out is looked at between them.
IPCLAB_INTERPOSE(int, recvmmsg, int, mmsghdr*, unsigned, int, timespec*)
(int fd, mmsghdr* messages, unsigned count, int flags, timespec* timeout) {
  if (!watched()) return real_recvmmsg(fd, messages, count, flags, timeout);
  static constinit Real<ssize_t(int, msghdr*, int)> one("recvmsg");
  std::optional<timespec> until;
  if (timeout) until = moment_in(*timeout);
  int how = flags & ~MSG_WAITFORONE;
  for (unsigned i = 0; i < count; ++i) {
    if (i > 0 && until && scheduler::until(CLOCK_MONOTONIC, &*until) == 0) return static_cast<int>(i);
    msghdr& message = messages[i].msg_hdr;
    const ssize_t bytes = incoming(fd, message.msg_iov, message.msg_iovlen, how, IPCLAB_PLACE,
                                   [&] { return one(fd, &message, how); });
    if (bytes < 0) return i > 0 ? static_cast<int>(i) : -1;
    messages[i].msg_len = static_cast<unsigned>(bytes);
    if (flags & MSG_WAITFORONE) how |= MSG_DONTWAIT;
  }
  return static_cast<int>(count);
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
