// System calls made by number. Of the futex call, which the library has no function for: whoever wakes
// releases, whoever was woken acquires.
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "race/runtime/descriptor.hpp"
#include "race/runtime/file_lock.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/signal.hpp"
#include "race/runtime/sync.hpp"

using namespace ipclab::race;

namespace {

constexpr long kFutexWaitv = 449;  // on every architecture; older headers do not have it

/// What futex_waitv(2) is given an array of.
struct Waiter {
  std::uint64_t value, address;
  std::uint32_t flags, reserved;
};

Sync* word_at(const void* word) {
  const Inside inside;
  return sync_at(word, Kind::atomic);
}

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

/// FUTEX_WAIT waits for a time, FUTEX_WAIT_BITSET until one: futex(2).
std::optional<std::uint64_t> time_out(long operation, long address) {
  const auto* time = reinterpret_cast<const timespec*>(address);
  if (!time) return std::nullopt;
  if ((operation & FUTEX_CMD_MASK) == FUTEX_WAIT) return static_cast<std::uint64_t>(nanoseconds(*time));
  return scheduler::until(operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, time);
}

int wait_in_turn(Sync& sync, const std::atomic<int>& word, int expected, std::optional<std::uint64_t> ns,
                 std::uint64_t place) {
  scheduler::point(What::wait, &sync, place);
  if (word.load() != expected) {
    errno = EAGAIN;
    return -1;
  }
  if (!scheduler::wait_for_signal(sync, place, ns)) {
    errno = ETIMEDOUT;
    return -1;
  }
  const Inside inside;
  acquire(&sync);
  return 0;
}

/// How many were woken.
int wake_in_turn(Sync& sync, long most, std::uint64_t place) {
  scheduler::point(What::wake, &sync, place);
  const Inside inside;
  release(&sync);
  int woken = 0;
  while (woken < most && scheduler::wake(sync, false)) ++woken;
  scheduler::note_wake(sync, woken > 0, place);
  return woken;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) long syscall(long number, ...) noexcept {
  static constinit Real<long(long, long, long, long, long, long, long)> real("syscall");
  long a[6];
  va_list list;
  va_start(list, number);
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  if (number == SYS_futex && scheduler::active()) {
    const auto* word = reinterpret_cast<const std::atomic<int>*>(a[0]);
    if (Sync* sync = word_at(word)) {
      switch (a[1] & FUTEX_CMD_MASK) {
        case FUTEX_WAIT:
        case FUTEX_WAIT_BITSET:
          return wait_in_turn(*sync, *word, static_cast<int>(a[2]), time_out(a[1], a[3]), IPCLAB_PLACE);
        case FUTEX_WAKE:
          return wake_in_turn(*sync, a[2], IPCLAB_PLACE);
        case FUTEX_WAKE_BITSET:  // who sleeps for other bits wakes without a reason, which a futex may
          return wake_in_turn(*sync, std::numeric_limits<long>::max(), IPCLAB_PLACE);
      }
    }
  }
  // Of several words the scheduler could only wait for one: those who sleep on them sleep in the kernel.
  if (number == kFutexWaitv && a[1] == 1 && scheduler::active()) {
    const auto& waiter = *reinterpret_cast<const Waiter*>(a[0]);
    const auto* word = reinterpret_cast<const std::atomic<int>*>(waiter.address);
    const auto* moment = reinterpret_cast<const timespec*>(a[3]);
    std::optional<std::uint64_t> rest;
    if (moment) rest = scheduler::until(static_cast<clockid_t>(a[4]), moment);
    if (Sync* sync = word_at(word))
      return wait_in_turn(*sync, *word, static_cast<int>(waiter.value), rest, IPCLAB_PLACE);
  }
  if (number == SYS_flock) return flock_at(static_cast<int>(a[0]), static_cast<int>(a[1]), IPCLAB_PLACE);
  if (number == SYS_kill || number == SYS_tgkill)
    signal_goes(static_cast<pid_t>(a[0]), static_cast<int>(a[number == SYS_kill ? 1 : 2]));
  if (number == SYS_pidfd_send_signal)
    signal_goes(process_of(static_cast<int>(a[0])), static_cast<int>(a[1]));
  const bool futex = number == SYS_futex && watched();
  const long operation = a[1] & FUTEX_CMD_MASK;
  const auto at = reinterpret_cast<const void*>(a[0]);
  if (futex && (operation == FUTEX_WAKE || operation == FUTEX_WAKE_BITSET || operation == FUTEX_REQUEUE ||
                operation == FUTEX_CMP_REQUEUE || operation == FUTEX_WAKE_OP)) {
    const Inside inside;
    release(sync_at(at, Kind::atomic));
  }
  const long result = real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (futex && result == 0 && (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET)) {
    const Inside inside;
    acquire(sync_at(at, Kind::atomic));
  }
  if (number == kFutexWaitv && result >= 0 && watched()) {
    const Inside inside;
    acquire(
        sync_at(reinterpret_cast<const void*>(static_cast<const Waiter*>(at)[result].address), Kind::atomic));
  }
  return result;
}
