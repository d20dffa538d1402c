// Mutexes and spinlocks.
#include <pthread.h>

#include "race/runtime/locks.hpp"
#include "race/runtime/mutex.hpp"
#include "race/runtime/real.hpp"

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

IPCLAB_INTERPOSE(int, pthread_mutex_lock, pthread_mutex_t*)(pthread_mutex_t* mutex) {
  const int error = real_pthread_mutex_lock(mutex);
  mutex_taken(mutex, error, IPCLAB_PLACE);
  return error;
}

IPCLAB_INTERPOSE(int, pthread_mutex_trylock, pthread_mutex_t*)(pthread_mutex_t* mutex) {
  const int error = real_pthread_mutex_trylock(mutex);
  mutex_taken(mutex, error, IPCLAB_PLACE);
  return error;
}

IPCLAB_INTERPOSE(int, pthread_mutex_timedlock, pthread_mutex_t*, const timespec*)
(pthread_mutex_t* mutex, const timespec* until) {
  const int error = real_pthread_mutex_timedlock(mutex, until);
  mutex_taken(mutex, error, IPCLAB_PLACE);
  return error;
}

IPCLAB_INTERPOSE(int, pthread_mutex_clocklock, pthread_mutex_t*, clockid_t, const timespec*)
(pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  const int error = real_pthread_mutex_clocklock(mutex, clock, until);
  mutex_taken(mutex, error, IPCLAB_PLACE);
  return error;
}

IPCLAB_INTERPOSE(int, pthread_mutex_unlock, pthread_mutex_t*)(pthread_mutex_t* mutex) {
  mutex_given_up(mutex, IPCLAB_PLACE);
  return real_pthread_mutex_unlock(mutex);
}

namespace {

void spin_taken(pthread_spinlock_t* lock, int error, std::uint64_t place) {
  if (!watched() || error != 0) return;
  const Inside inside;
  took(lock_at(lock, Kind::spinlock), true, false, place);
}

}  // namespace

IPCLAB_INTERPOSE(int, pthread_spin_lock, pthread_spinlock_t*)(pthread_spinlock_t* lock) {
  const int error = real_pthread_spin_lock(lock);
  spin_taken(lock, error, IPCLAB_PLACE);
  return error;
}

IPCLAB_INTERPOSE(int, pthread_spin_trylock, pthread_spinlock_t*)(pthread_spinlock_t* lock) {
  const int error = real_pthread_spin_trylock(lock);
  spin_taken(lock, error, IPCLAB_PLACE);
  return error;
}

IPCLAB_INTERPOSE(int, pthread_spin_unlock, pthread_spinlock_t*)(pthread_spinlock_t* lock) {
  if (watched()) {
    const Inside inside;
    gives_up(lock_at(lock, Kind::spinlock), IPCLAB_PLACE);
  }
  return real_pthread_spin_unlock(lock);
}
