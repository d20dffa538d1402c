// POSIX and System V message queues: a clock with every message.
#include <mqueue.h>
#include <stdarg.h>
#include <sys/msg.h>
#include <sys/stat.h>

#include "race/runtime/channel.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/shadow.hpp"

using namespace ipclab::race;

namespace {

std::uint64_t number(const void* address) { return reinterpret_cast<std::uint64_t>(address); }

Sync* posix_queue(mqd_t queue) {
  struct stat status {};
  if (::fstat(queue, &status) != 0) return nullptr;
  return kernel_sync(Kind::queue, status.st_ino, status.st_dev, 1);
}

Sync* sysv_queue(int queue) { return kernel_sync(Kind::queue, static_cast<std::uint64_t>(queue), 0, 2); }

template <typename Call>
int sent(Sync* (*find)(int), int queue, const void* bytes, std::size_t length, std::uint64_t kind,
         std::uint64_t place, Call call) {
  if (!watched()) return call();
  access_range(number(bytes), length, 0, place);
  Inside inside;
  Sync* sync = find(queue);
  const iovec piece{const_cast<void*>(bytes), length};
  const Contents contents = contents_of(&piece, 1, length, kind);
  send_message(sync, contents);
  const int result = outside(inside, call);
  if (result != 0) take_back(sync, contents);
  return result;
}

void will_receive(Sync* (*find)(int), int queue) {
  if (!watched()) return;
  const Inside inside;
  make_room(find(queue));
}

void received(Sync* (*find)(int), int queue, const void* bytes, ssize_t length, std::uint64_t kind,
              std::uint64_t place) {
  if (length < 0 || !watched()) return;
  {
    const Inside inside;
    const iovec piece{const_cast<void*>(bytes), static_cast<std::size_t>(length)};
    receive_message(find(queue), contents_of(&piece, 1, piece.iov_len, kind), true);
  }
  access_range(number(bytes), static_cast<std::uint64_t>(length), kWrite, place);
}

constexpr timespec kNow{};  // long ago: a timed call that would wait returns at once

/// `attempt` gives a negative result and one of these errors when it would have had to wait.
template <typename Attempt>
auto in_turn(What what, std::uint64_t place, std::optional<std::uint64_t> timeout_ns, int would_wait,
             Attempt attempt) {
  decltype(attempt()) result = -1;
  scheduler::Interruption interruption;
  const bool in_time = scheduler::retry(what, nullptr, place, timeout_ns, [&] {
    result = attempt();
    return result >= 0 || errno != would_wait || interruption.came();
  });
  if (!in_time) errno = ETIMEDOUT;
  return result;
}

}  // namespace

IPCLAB_INTERPOSE(int, mq_timedsend, mqd_t, const char*, std::size_t, unsigned, const timespec*)
(mqd_t queue, const char* bytes, std::size_t length, unsigned priority, const timespec* until) {
  return sent(posix_queue, queue, bytes, length, priority, IPCLAB_PLACE, [&] {
    if (!scheduler::active()) return real_mq_timedsend(queue, bytes, length, priority, until);
    return in_turn(What::send, IPCLAB_PLACE, scheduler::until(CLOCK_REALTIME, until), ETIMEDOUT,
                   [&] { return real_mq_timedsend(queue, bytes, length, priority, &kNow); });
  });
}

IPCLAB_INTERPOSE(int, mq_send, mqd_t, const char*, std::size_t, unsigned)
(mqd_t queue, const char* bytes, std::size_t length, unsigned priority) {
  return sent(posix_queue, queue, bytes, length, priority, IPCLAB_PLACE, [&] {
    if (!scheduler::active()) return real_mq_send(queue, bytes, length, priority);
    return in_turn(What::send, IPCLAB_PLACE, {}, ETIMEDOUT,
                   [&] { return real_mq_timedsend(queue, bytes, length, priority, &kNow); });
  });
}

IPCLAB_INTERPOSE(ssize_t, mq_timedreceive, mqd_t, char*, std::size_t, unsigned*, const timespec*)
(mqd_t queue, char* bytes, std::size_t length, unsigned* priority, const timespec* until) {
  unsigned mine = 0;
  will_receive(posix_queue, queue);
  const ssize_t result =
      scheduler::active()
          ? in_turn(What::receive, IPCLAB_PLACE, scheduler::until(CLOCK_REALTIME, until), ETIMEDOUT,
                    [&] { return real_mq_timedreceive(queue, bytes, length, &mine, &kNow); })
          : real_mq_timedreceive(queue, bytes, length, &mine, until);
  if (priority) *priority = mine;
  received(posix_queue, queue, bytes, result, mine, IPCLAB_PLACE);
  return result;
}

IPCLAB_INTERPOSE(ssize_t, mq_receive, mqd_t, char*, std::size_t, unsigned*)
(mqd_t queue, char* bytes, std::size_t length, unsigned* priority) {
  unsigned mine = 0;
  will_receive(posix_queue, queue);
  const ssize_t result =
      scheduler::active() ? in_turn(What::receive, IPCLAB_PLACE, {}, ETIMEDOUT,
                                    [&] { return real_mq_timedreceive(queue, bytes, length, &mine, &kNow); })
                          : real_mq_receive(queue, bytes, length, &mine);
  if (priority) *priority = mine;
  received(posix_queue, queue, bytes, result, mine, IPCLAB_PLACE);
  return result;
}

/// Whoever finds the queue knows what its maker did before.
extern "C" __attribute__((visibility("default"))) mqd_t mq_open(const char* name, int flags, ...) noexcept {
  static constinit Real<mqd_t(const char*, int, mode_t, mq_attr*)> real("mq_open");
  va_list list;
  va_start(list, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
  mq_attr* attributes = flags & O_CREAT ? va_arg(list, mq_attr*) : nullptr;
  va_end(list);
  const mqd_t queue = real(name, flags, mode, attributes);
  if (queue < 0 || !watched()) return queue;
  const Inside inside;
  Sync* sync = posix_queue(queue);
  acquire(sync);
  if (flags & O_CREAT) release(sync);
  return queue;
}

IPCLAB_INTERPOSE(int, msgsnd, int, const void*, std::size_t, int)
(int queue, const void* message, std::size_t length, int flags) {
  const auto type = static_cast<std::uint64_t>(*static_cast<const long*>(message));
  const char* text = static_cast<const char*>(message) + sizeof(long);
  return sent(sysv_queue, queue, text, length, type, IPCLAB_PLACE, [&] {
    if (flags & IPC_NOWAIT) scheduler::point(What::send, nullptr, IPCLAB_PLACE);
    if (!scheduler::active() || (flags & IPC_NOWAIT)) return real_msgsnd(queue, message, length, flags);
    return in_turn(What::send, IPCLAB_PLACE, {}, EAGAIN,
                   [&] { return real_msgsnd(queue, message, length, flags | IPC_NOWAIT); });
  });
}

IPCLAB_INTERPOSE(ssize_t, msgrcv, int, void*, std::size_t, long, int)
(int queue, void* message, std::size_t length, long which, int flags) {
  if (flags & IPC_NOWAIT) scheduler::point(What::receive, nullptr, IPCLAB_PLACE);
  will_receive(sysv_queue, queue);
  const ssize_t result =
      scheduler::active() && !(flags & IPC_NOWAIT)
          ? in_turn(What::receive, IPCLAB_PLACE, {}, ENOMSG,
                    [&] { return real_msgrcv(queue, message, length, which, flags | IPC_NOWAIT); })
          : real_msgrcv(queue, message, length, which, flags);
  if (result >= 0)
    received(sysv_queue, queue, static_cast<char*>(message) + sizeof(long), result,
             static_cast<std::uint64_t>(*static_cast<long*>(message)), IPCLAB_PLACE);
  return result;
}
