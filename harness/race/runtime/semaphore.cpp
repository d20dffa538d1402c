// POSIX semaphores, by count: every unit carries the clock of the post that made it, and a wait takes the
// oldest. Units that were there from the beginning carry what was known where the semaphore was made.
//
// A post and its unit are one step under the sync's lock. If a task dies in that step, nobody knows any more
// which unit is whose: from then on every wait learns everything that was ever posted.
#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/locks.hpp"
#include "race/runtime/memory.hpp"
#include "race/runtime/message.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

/// glibc's struct new_sem: value, private (0 or FUTEX_PRIVATE_FLAG: 128 means shared), pad.
bool is_shared(const sem_t* semaphore) { return reinterpret_cast<const unsigned*>(semaphore)[2] != 0; }

/// Units seen for the first time carry nothing. `taken`: by this task, just now.
void count_first(Sync& sync, sem_t* semaphore, unsigned taken) {
  if (sync.flags & kOwned) return;
  sync.flags |= kOwned;
  int value = 0;
  ::sem_getvalue(semaphore, &value);
  sync.count = static_cast<std::uint32_t>(value) + taken;
}

void waited(sem_t* semaphore, int result, std::uint64_t place) {
  if (result != 0 || !watched()) return;
  const Inside inside;
  Sync* sync = sync_at(semaphore, Kind::semaphore);
  if (!sync) return;
  const Holding holding(sync->lock);
  note_use(*sync, is_shared(semaphore), place);
  count_first(*sync, semaphore, 1);
  if (holding.inherited()) sync->flags |= kInexact;
  if (sync->flags & kInexact) {
    fold_all(*sync);
    learn_from_dead();
  }
  acquire_held(*sync);
  if (sync->count > 0) {
    --sync->count;
  } else if (Message* unit = message_at(sync->first)) {
    learn(clock_at(unit->clock));
    take_out(*sync, nullptr, unit);
  }
}

void made_with(Sync* sync, unsigned value, bool shared, std::uint64_t place) {
  if (!sync) return;
  note_made(sync, shared, place);
  const Holding holding(sync->lock);
  fold_all(*sync);
  sync->count = value;
  sync->flags |= kOwned;
  release_store_held(*sync);
}

/// A named semaphore lies in a file of /dev/shm that the library maps itself.
void named(sem_t* semaphore, const char* name, bool created, std::uint64_t place) {
  char path[300] = "/dev/shm/sem.";
  strncat(path, name[0] == '/' ? name + 1 : name, 255);
  const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC));
  if (fd < 0) return;
  const Index region = region_of_file(fd, place);
  ::syscall(SYS_close, fd);
  const auto address = reinterpret_cast<std::uint64_t>(semaphore);
  if (!mapped_length(address & ~std::uint64_t{kPageSize - 1}))
    map_region(address & ~std::uint64_t{kPageSize - 1}, kPageSize, region, 0);
  Sync* sync = sync_at(semaphore, Kind::semaphore);
  if (!sync) return;
  const Holding holding(sync->lock);
  count_first(*sync, semaphore, 0);
  sync->flags |= kKnown | kShared;
  if (created) release_held(*sync);
  else acquire_held(*sync);
}

}  // namespace

IPCLAB_INTERPOSE(int, sem_init, sem_t*, int, unsigned)(sem_t* semaphore, int shared, unsigned value) {
  const int result = real_sem_init(semaphore, shared, value);
  if (result == 0 && watched()) {
    const Inside inside;
    made_with(sync_at(semaphore, Kind::semaphore), value, shared != 0, IPCLAB_PLACE);
  }
  return result;
}

ENTRY sem_t* sem_open(const char* name, int flags, ...) noexcept {
  static constinit Real<sem_t*(const char*, int, mode_t, unsigned)> real("sem_open");
  va_list list;
  va_start(list, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
  const unsigned value = flags & O_CREAT ? va_arg(list, unsigned) : 0;
  va_end(list);
  sem_t* semaphore = real(name, flags, mode, value);
  if (semaphore != SEM_FAILED && watched()) {
    const Inside inside;
    named(semaphore, name, flags & O_CREAT, IPCLAB_PLACE);
  }
  return semaphore;
}

IPCLAB_INTERPOSE(int, sem_post, sem_t*)(sem_t* semaphore) {
  scheduler::point(What::post, nullptr, IPCLAB_PLACE);
  if (!watched()) return real_sem_post(semaphore);
  Inside inside;
  Sync* sync = sync_at(semaphore, Kind::semaphore);
  if (!sync) {
    const int result = real_sem_post(semaphore);
    inside.keep_errno();
    return result;
  }
  const Holding holding(sync->lock);
  note_use(*sync, is_shared(semaphore), IPCLAB_PLACE);
  count_first(*sync, semaphore, 0);
  if (holding.inherited()) sync->flags |= kInexact;
  const int result = real_sem_post(semaphore);
  inside.keep_errno();
  if (result == 0) push(*sync);
  next_epoch();
  return result;
}

IPCLAB_INTERPOSE(int, sem_trywait, sem_t*)(sem_t* semaphore) {
  scheduler::point(What::wait_semaphore, nullptr, IPCLAB_PLACE);
  const int result = real_sem_trywait(semaphore);
  waited(semaphore, result, IPCLAB_PLACE);
  return result;
}

namespace {

int wait_in_turn(sem_t* semaphore, std::optional<std::uint64_t> timeout_ns, std::uint64_t place) {
  int result = -1;
  scheduler::Interruption interruption;
  const bool in_time = scheduler::retry(What::wait_semaphore, nullptr, place, timeout_ns, [&] {
    result = real_sem_trywait(semaphore);
    return result == 0 || errno != EAGAIN || interruption.came();
  });
  if (!in_time) errno = ETIMEDOUT;
  return result;
}

}  // namespace

IPCLAB_INTERPOSE(int, sem_wait, sem_t*)(sem_t* semaphore) {
  const int result =
      scheduler::active() ? wait_in_turn(semaphore, {}, IPCLAB_PLACE) : real_sem_wait(semaphore);
  waited(semaphore, result, IPCLAB_PLACE);
  return result;
}

IPCLAB_INTERPOSE(int, sem_timedwait, sem_t*, const timespec*)(sem_t* semaphore, const timespec* until) {
  const int result = scheduler::active()
                         ? wait_in_turn(semaphore, scheduler::until(CLOCK_REALTIME, until), IPCLAB_PLACE)
                         : real_sem_timedwait(semaphore, until);
  waited(semaphore, result, IPCLAB_PLACE);
  return result;
}

IPCLAB_INTERPOSE(int, sem_clockwait, sem_t*, clockid_t, const timespec*)
(sem_t* semaphore, clockid_t clock, const timespec* until) {
  const int result = scheduler::active()
                         ? wait_in_turn(semaphore, scheduler::until(clock, until), IPCLAB_PLACE)
                         : real_sem_clockwait(semaphore, clock, until);
  waited(semaphore, result, IPCLAB_PLACE);
  return result;
}
