// Reader-writer locks: a writer learns from writers and readers, a reader only from writers.
#include <pthread.h>

#include "race/runtime/locks.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace {

bool made_shared(const pthread_rwlockattr_t* attributes) {
  int shared = PTHREAD_PROCESS_PRIVATE;
  if (attributes) ::pthread_rwlockattr_getpshared(attributes, &shared);
  return shared == PTHREAD_PROCESS_SHARED;
}

bool is_shared(const pthread_rwlock_t* lock) { return lock->__data.__shared != 0; }

void read_taken(pthread_rwlock_t* lock, int error, std::uint64_t place) {
  if (!watched() || error != 0) return;
  const Inside inside;
  Sync* sync = lock_at(lock, Kind::rwlock);
  if (!sync) return;
  const Holding holding(sync->lock);
  note_use(*sync, is_shared(lock), place);
  acquire_held(*sync);
  note_locked(*sync, place);
}

void write_taken(pthread_rwlock_t* lock, int error, std::uint64_t place) {
  if (!watched() || error != 0) return;
  const Inside inside;
  Sync* sync = lock_at(lock, Kind::rwlock);
  if (!sync) return;
  const Holding holding(sync->lock);
  note_use(*sync, is_shared(lock), place);
  acquire_held(*sync);
  if (sync->clock2) learn(clock_at(sync->clock2));
  sync->owner = self.index;
  note_locked(*sync, place);
}

void given_up(pthread_rwlock_t* lock) {
  if (!watched()) return;
  const Inside inside;
  Sync* sync = lock_at(lock, Kind::rwlock);
  if (!sync) return;
  const Holding holding(sync->lock);
  note_unlocked(*sync);
  if (sync->owner == self.index) {
    sync->owner = 0;
    release_store_held(*sync);
  } else {
    if (Clock* readers = made(sync->clock2)) join(*readers, self.task->clock);
    next_epoch();
  }
}

}  // namespace

#define TAKES(name, noted, timeout, attempt, parameters, arguments)                           \
  extern "C" __attribute__((visibility("default"))) int name parameters {                     \
    static constinit Real<int parameters> real(#name);                                        \
    static constinit Real<int(pthread_rwlock_t*)> try_once(#attempt);                         \
    int error = EBUSY;                                                                        \
    if (scheduler::active()) {                                                                \
      const bool in_time = scheduler::retry(What::lock, nullptr, IPCLAB_PLACE, timeout, [&] { \
        error = try_once(lock);                                                               \
        return error != EBUSY;                                                                \
      });                                                                                     \
      if (!in_time) error = ETIMEDOUT;                                                        \
    } else {                                                                                  \
      error = real arguments;                                                                 \
    }                                                                                         \
    noted(lock, error, IPCLAB_PLACE);                                                         \
    return error;                                                                             \
  }
#define TRIES(name, noted)                                                             \
  extern "C" __attribute__((visibility("default"))) int name(pthread_rwlock_t* lock) { \
    static constinit Real<int(pthread_rwlock_t*)> real(#name);                         \
    scheduler::point(What::lock, nullptr, IPCLAB_PLACE);                               \
    const int error = real(lock);                                                      \
    noted(lock, error, IPCLAB_PLACE);                                                  \
    return error;                                                                      \
  }

TRIES(pthread_rwlock_tryrdlock, read_taken)
TRIES(pthread_rwlock_trywrlock, write_taken)
TAKES(pthread_rwlock_rdlock, read_taken, std::nullopt, pthread_rwlock_tryrdlock, (pthread_rwlock_t * lock),
      (lock))
TAKES(pthread_rwlock_wrlock, write_taken, std::nullopt, pthread_rwlock_trywrlock, (pthread_rwlock_t * lock),
      (lock))
TAKES(pthread_rwlock_timedrdlock, read_taken, scheduler::until(CLOCK_REALTIME, until),
      pthread_rwlock_tryrdlock, (pthread_rwlock_t * lock, const timespec* until), (lock, until))
TAKES(pthread_rwlock_timedwrlock, write_taken, scheduler::until(CLOCK_REALTIME, until),
      pthread_rwlock_trywrlock, (pthread_rwlock_t * lock, const timespec* until), (lock, until))
TAKES(pthread_rwlock_clockrdlock, read_taken, scheduler::until(clock, until), pthread_rwlock_tryrdlock,
      (pthread_rwlock_t * lock, clockid_t clock, const timespec* until), (lock, clock, until))
TAKES(pthread_rwlock_clockwrlock, write_taken, scheduler::until(clock, until), pthread_rwlock_trywrlock,
      (pthread_rwlock_t * lock, clockid_t clock, const timespec* until), (lock, clock, until))

IPCLAB_INTERPOSE(int, pthread_rwlock_unlock, pthread_rwlock_t*)(pthread_rwlock_t* lock) {
  scheduler::point(What::unlock, nullptr, IPCLAB_PLACE);
  given_up(lock);
  return real_pthread_rwlock_unlock(lock);
}

IPCLAB_INTERPOSE(int, pthread_rwlock_init, pthread_rwlock_t*, const pthread_rwlockattr_t*)
(pthread_rwlock_t* lock, const pthread_rwlockattr_t* attributes) {
  if (watched()) {
    const Inside inside;
    note_made(lock_at(lock, Kind::rwlock), made_shared(attributes), IPCLAB_PLACE);
  }
  return real_pthread_rwlock_init(lock, attributes);
}
