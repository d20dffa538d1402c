// System V semaphores. What is added carries a clock; whoever takes learns it. Adding alone never waits, so
// the addition and its clock are one step, unit by unit, as with POSIX semaphores (semaphore.cpp). A set that
// is also changed by calls that both add and take is not counted: whoever takes learns of everybody who
// added. Waiting for zero learns of those who took.
#include <stdarg.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/message.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

Sync* member(int set, unsigned index) {
  return kernel_sync(Kind::sysv_semaphore, static_cast<std::uint64_t>(set), index, 1);
}

/// `added` just now by this task.
void count_first(Sync& sync, int set, unsigned index, int added) {
  if (sync.flags & kOwned) return;
  sync.flags |= kOwned;
  const int value = ::semctl(set, static_cast<int>(index), GETVAL);
  sync.count = value > added ? static_cast<std::uint32_t>(value - added) : 0;
}

void not_counted(int set, const sembuf* operations, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    Sync* sync = member(set, operations[i].sem_num);
    if (!sync) continue;
    const Holding holding(sync->lock);
    sync->flags |= kInexact | kOwned;
    fold_all(*sync);
    if (operations[i].sem_op > 0) release_held(*sync);
  }
}

void take(Sync& sync, int set, const sembuf& operation) {
  const Holding holding(sync.lock);
  if (operation.sem_op == 0) {
    if (sync.clock2) learn(clock_at(sync.clock2));
    return acquire_held(sync);
  }
  count_first(sync, set, operation.sem_num, operation.sem_op);
  if (holding.inherited()) sync.flags |= kInexact;
  if (sync.flags & kInexact) fold_all(sync);
  acquire_held(sync);
  for (int left = -operation.sem_op; left > 0; --left) {
    if (sync.count > 0) {
      --sync.count;
    } else if (Message* unit = message_at(sync.first)) {
      learn(clock_at(unit->clock));
      take_out(sync, nullptr, unit);
    } else {
      learn_from_dead();  // a dead one's SEM_UNDO
    }
  }
}

/// Whoever waits for zero may go on before the taker comes back from its call.
void tell_takers(int set, const sembuf* operations, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    Sync* sync = operations[i].sem_op < 0 ? member(set, operations[i].sem_num) : nullptr;
    if (!sync) continue;
    const Holding holding(sync->lock);
    if (Clock* takers = made(sync->clock2)) join(*takers, self.task->clock);
    next_epoch();
  }
}

/// One addition to one semaphore.
int add(int set, sembuf* operation, Sync& sync, int (*call)(int, sembuf*)) {
  const Holding holding(sync.lock);
  count_first(sync, set, operation->sem_num, 0);
  if (holding.inherited()) sync.flags |= kInexact;
  const int result = call(set, operation);
  if (result == 0) {
    if (sync.flags & kInexact) release_held(sync);
    else
      for (int i = 0; i < operation->sem_op; ++i) push(sync);
    next_epoch();
  }
  return result;
}

template <typename Call>
int operate(int set, sembuf* operations, std::size_t count, Call call) {
  if (!watched()) return call();
  Inside inside;
  if (count > 1) not_counted(set, operations, count);
  tell_takers(set, operations, count);
  const int result = outside(inside, call);
  if (result != 0) return result;
  for (std::size_t i = 0; i < count; ++i)
    if (Sync* sync = operations[i].sem_op <= 0 ? member(set, operations[i].sem_num) : nullptr)
      take(*sync, set, operations[i]);
  return result;
}

}  // namespace

namespace {

constexpr std::size_t kMostOperations = 32;  // of one call, under the scheduler

/// `call` with operations that do not wait.
template <typename Call>
int in_turn(sembuf* operations, std::size_t count, std::optional<std::uint64_t> timeout_ns,
            std::uint64_t place, Call call) {
  sembuf now[kMostOperations];
  for (std::size_t i = 0; i < count; ++i) {
    now[i] = operations[i];
    now[i].sem_flg |= IPC_NOWAIT;
  }
  int result = -1;
  scheduler::Interruption interruption;
  scheduler::retry(What::wait_semaphore, nullptr, place, timeout_ns, [&] {
    result = call(now);
    return result == 0 || errno != EAGAIN || interruption.came();
  });
  return result;
}

bool waits_in_turn(const sembuf* operations, std::size_t count, std::uint64_t place) {
  if (operations->sem_flg & IPC_NOWAIT) scheduler::point(What::wait_semaphore, nullptr, place);
  return scheduler::active() && count <= kMostOperations && !(operations->sem_flg & IPC_NOWAIT);
}

}  // namespace

IPCLAB_INTERPOSE(int, semop, int, sembuf*, std::size_t)(int set, sembuf* operations, std::size_t count) {
  if (watched() && count == 1 && operations->sem_op > 0) {
    scheduler::point(What::post, nullptr, IPCLAB_PLACE);
    Inside inside;
    if (Sync* sync = member(set, operations->sem_num)) {
      const int result =
          add(set, operations, *sync, [](int id, sembuf* one) { return real_semop(id, one, 1); });
      inside.keep_errno();
      return result;
    }
  }
  return operate(set, operations, count, [&] {
    if (!waits_in_turn(operations, count, IPCLAB_PLACE)) return real_semop(set, operations, count);
    return in_turn(operations, count, {}, IPCLAB_PLACE,
                   [&](sembuf* now) { return real_semop(set, now, count); });
  });
}

IPCLAB_INTERPOSE(int, semtimedop, int, sembuf*, std::size_t, const timespec*)
(int set, sembuf* operations, std::size_t count, const timespec* timeout) {
  if (count == 1 && operations->sem_op > 0) return ::semop(set, operations, 1);
  return operate(set, operations, count, [&] {
    if (!waits_in_turn(operations, count, IPCLAB_PLACE))
      return real_semtimedop(set, operations, count, timeout);
    const auto ns =
        timeout
            ? std::optional(static_cast<std::uint64_t>(timeout->tv_sec * 1'000'000'000 + timeout->tv_nsec))
            : std::nullopt;
    return in_turn(operations, count, ns, IPCLAB_PLACE,
                   [&](sembuf* now) { return static_cast<int>(::syscall(SYS_semop, set, now, count)); });
  });
}

/// Setting a value gives the units what the setter knows; reading one learns it.
ENTRY int semctl(int set, int index, int command, ...) noexcept {
  static constinit Real<int(int, int, int, void*)> real("semctl");
  va_list list;
  va_start(list, command);
  void* argument = va_arg(list, void*);
  va_end(list);
  const bool sets = command == SETVAL || command == SETALL;
  if (watched() && sets) {
    const Inside inside;
    for (unsigned i = command == SETALL ? 0 : static_cast<unsigned>(index),
                  n = command == SETALL ? 32 : i + 1;
         i < n; ++i) {
      Sync* sync = member(set, i);
      if (!sync) continue;
      const Holding holding(sync->lock);
      sync->flags = 0;  // counted anew
      fold_all(*sync);
      release_held(*sync);
    }
  }
  const int result = real(set, index, command, argument);
  if (watched() && command == GETVAL && result >= 0) {
    const Inside inside;
    acquire(member(set, static_cast<unsigned>(index)));
  }
  return result;
}
