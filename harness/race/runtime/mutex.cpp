// Mutexes and spinlocks.
#include <linux/futex.h>
#include <pthread.h>

#include "race/runtime/locks.hpp"
#include "race/runtime/mutex.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"

using namespace ipclab::race;

namespace {

bool made_shared(const pthread_mutexattr_t* attributes) {
  int shared = PTHREAD_PROCESS_PRIVATE;
  if (attributes) ::pthread_mutexattr_getpshared(attributes, &shared);
  return shared == PTHREAD_PROCESS_SHARED;
}

}  // namespace

namespace ipclab::race {

/// glibc sets the flag for every robust mutex too; POSIX does not promise that, so where the attributes were
/// seen they count.
bool is_shared(const pthread_mutex_t* mutex) {
  constexpr int kProcessShared = 128;  // PTHREAD_MUTEX_PSHARED_BIT of glibc's pthreadP.h
  return (mutex->__data.__kind & kProcessShared) != 0;
}

void mutex_taken(pthread_mutex_t* mutex, int error, std::uint64_t place) {
  if (!watched() || (error != 0 && error != EOWNERDEAD)) return;
  const Inside inside;
  took(lock_at(mutex, Kind::mutex), is_shared(mutex), error == EOWNERDEAD, place);
}

void mutex_given_up(pthread_mutex_t* mutex, std::uint64_t place) {
  if (!watched()) return;
  const Inside inside;
  gives_up(lock_at(mutex, Kind::mutex), place);
}

}  // namespace ipclab::race

IPCLAB_INTERPOSE(int, pthread_mutex_init, pthread_mutex_t*, const pthread_mutexattr_t*)
(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) {
  if (watched()) {
    const Inside inside;
    note_made(lock_at(mutex, Kind::mutex), made_shared(attributes), IPCLAB_PLACE);
  }
  return real_pthread_mutex_init(mutex, attributes);
}

static constinit Real<int(pthread_mutex_t*)> real_lock("pthread_mutex_lock"),
    real_trylock("pthread_mutex_trylock"), real_unlock("pthread_mutex_unlock");
static constinit Real<int(pthread_mutex_t*, const timespec*)> real_timedlock("pthread_mutex_timedlock");

namespace ipclab::race {

int lock_in_turn(pthread_mutex_t* mutex, std::uint64_t place, std::optional<std::uint64_t> timeout_ns) {
  int error = EBUSY;
  const bool in_time = scheduler::retry(What::lock, nullptr, place, timeout_ns, [&] {
    error = real_trylock(mutex);
    return error != EBUSY || (mutex->__data.__kind & 3) == PTHREAD_MUTEX_ERRORCHECK_NP;
  });
  if (!in_time) return ETIMEDOUT;
  // Of an error-checking one trylock cannot say whether it is our own.
  if (error == EBUSY && mutex->__data.__owner == self.task->tid) return EDEADLK;
  while (error == EBUSY) {
    if (!scheduler::wait_for_change(place, timeout_ns)) return ETIMEDOUT;
    error = real_trylock(mutex);
  }
  return error;
}

/// These kinds tell who unlocks what another has, and stay locked: POSIX lets a program ask. Whose a robust
/// one is stands in its word: `owner` says only "inconsistent" after a death.
static bool refuses(const pthread_mutex_t* mutex) {
  constexpr int kRobust = 16, kTid = FUTEX_TID_MASK;  // PTHREAD_MUTEX_ROBUST_NORMAL_NP of glibc's pthreadP.h
  const auto& data = mutex->__data;
  if (data.__kind & kRobust) return (data.__lock & kTid) != self.task->tid;
  const int kind = data.__kind & 3;
  const bool tells = kind == PTHREAD_MUTEX_RECURSIVE_NP || kind == PTHREAD_MUTEX_ERRORCHECK_NP;
  return tells && data.__owner != self.task->tid;
}

int unlock_really(pthread_mutex_t* mutex) { return real_unlock(mutex); }

int mutex_lock(pthread_mutex_t* mutex, std::uint64_t place) {
  const int error = scheduler::active() ? lock_in_turn(mutex, place) : real_lock(mutex);
  mutex_taken(mutex, error, place);
  return error;
}

int mutex_trylock(pthread_mutex_t* mutex, std::uint64_t place) {
  scheduler::point(What::lock, nullptr, place);
  const int error = real_trylock(mutex);
  mutex_taken(mutex, error, place);
  return error;
}

int mutex_timedlock(pthread_mutex_t* mutex, const timespec* until, std::uint64_t place) {
  const int error = scheduler::active() ? lock_in_turn(mutex, place, scheduler::until(CLOCK_REALTIME, until))
                                        : real_timedlock(mutex, until);
  mutex_taken(mutex, error, place);
  return error;
}

int mutex_unlock(pthread_mutex_t* mutex, std::uint64_t place) {
  scheduler::point(What::unlock, nullptr, place);
  if (!watched() || !refuses(mutex)) mutex_given_up(mutex, place);
  return real_unlock(mutex);
}

}  // namespace ipclab::race

#define ENTRY extern "C" __attribute__((visibility("default")))

ENTRY int pthread_mutex_lock(pthread_mutex_t* mutex) { return mutex_lock(mutex, IPCLAB_PLACE); }
ENTRY int pthread_mutex_trylock(pthread_mutex_t* mutex) { return mutex_trylock(mutex, IPCLAB_PLACE); }
ENTRY int pthread_mutex_unlock(pthread_mutex_t* mutex) { return mutex_unlock(mutex, IPCLAB_PLACE); }
ENTRY int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* until) {
  return mutex_timedlock(mutex, until, IPCLAB_PLACE);
}

IPCLAB_INTERPOSE(int, pthread_mutex_clocklock, pthread_mutex_t*, clockid_t, const timespec*)
(pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  const int error = scheduler::active() ? lock_in_turn(mutex, IPCLAB_PLACE, scheduler::until(clock, until))
                                        : real_pthread_mutex_clocklock(mutex, clock, until);
  mutex_taken(mutex, error, IPCLAB_PLACE);
  return error;
}

namespace {

void spin_taken(pthread_spinlock_t* lock, int error, std::uint64_t place) {
  if (!watched() || error != 0) return;
  const Inside inside;
  took(lock_at(lock, Kind::spinlock), true, false, place);
}

}  // namespace

IPCLAB_INTERPOSE(int, pthread_spin_trylock, pthread_spinlock_t*)(pthread_spinlock_t* lock) {
  scheduler::point(What::lock, nullptr, IPCLAB_PLACE);
  const int error = real_pthread_spin_trylock(lock);
  spin_taken(lock, error, IPCLAB_PLACE);
  return error;
}

IPCLAB_INTERPOSE(int, pthread_spin_lock, pthread_spinlock_t*)(pthread_spinlock_t* lock) {
  int error = EBUSY;
  if (scheduler::active())
    scheduler::retry(What::lock, nullptr, IPCLAB_PLACE, {}, [&] {
      error = real_pthread_spin_trylock(lock);
      return error != EBUSY;
    });
  else error = real_pthread_spin_lock(lock);
  spin_taken(lock, error, IPCLAB_PLACE);
  return error;
}

IPCLAB_INTERPOSE(int, pthread_spin_unlock, pthread_spinlock_t*)(pthread_spinlock_t* lock) {
  scheduler::point(What::unlock, nullptr, IPCLAB_PLACE);
  if (watched()) {
    const Inside inside;
    gives_up(lock_at(lock, Kind::spinlock), IPCLAB_PLACE);
  }
  return real_pthread_spin_unlock(lock);
}
