// <threads.h>. The C library's own versions call its inner functions, which nobody sees: here they are the
// POSIX ones, which they are made of there too (glibc's mtx_t, cnd_t and once_flag are the POSIX objects).
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

#include "race/runtime/locks.hpp"
#include "race/runtime/mutex.hpp"
#include "race/runtime/real.hpp"

using namespace ipclab::race;

#define ENTRY extern "C" __attribute__((visibility("default")))

static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) && sizeof(cnd_t) == sizeof(pthread_cond_t));

namespace {

struct Start {
  thrd_start_t function;
  void* argument;
};

void* run(void* argument) {
  const Start start = *static_cast<Start*>(argument);
  ::free(argument);
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(start.function(start.argument)));
}

int result(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case ENOMEM:
      return thrd_nomem;
    case ETIMEDOUT:
      return thrd_timedout;
    case EBUSY:
      return thrd_busy;
    default:
      return thrd_error;
  }
}

pthread_mutex_t* posix(mtx_t* lock) { return reinterpret_cast<pthread_mutex_t*>(lock); }
pthread_cond_t* posix(cnd_t* condition) { return reinterpret_cast<pthread_cond_t*>(condition); }

}  // namespace

ENTRY int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  auto* start = static_cast<Start*>(::malloc(sizeof(Start)));
  if (!start) return thrd_nomem;
  *start = {function, argument};
  const int error = ::pthread_create(thread, nullptr, run, start);
  if (error != 0) ::free(start);
  return result(error == EAGAIN ? ENOMEM : error);
}

ENTRY int thrd_join(thrd_t thread, int* value) {
  void* returned = nullptr;
  const int error = ::pthread_join(thread, &returned);
  if (error == 0 && value) *value = static_cast<int>(reinterpret_cast<std::intptr_t>(returned));
  return result(error);
}

ENTRY void thrd_exit(int value) {
  ::pthread_exit(reinterpret_cast<void*>(static_cast<std::intptr_t>(value)));
}
ENTRY void thrd_yield() { ::sched_yield(); }
ENTRY int thrd_sleep(const timespec* time, timespec* left) {
  return ::nanosleep(time, left) == 0 ? 0 : errno == EINTR ? -1 : -2;
}

IPCLAB_INTERPOSE(int, mtx_init, mtx_t*, int)(mtx_t* lock, int type) {
  if (watched()) {
    const Inside inside;
    note_made(lock_at(lock, Kind::mutex), false, IPCLAB_PLACE);
  }
  return real_mtx_init(lock, type);
}
ENTRY int mtx_lock(mtx_t* lock) { return result(mutex_lock(posix(lock), IPCLAB_PLACE)); }
ENTRY int mtx_trylock(mtx_t* lock) { return result(mutex_trylock(posix(lock), IPCLAB_PLACE)); }
ENTRY int mtx_timedlock(mtx_t* lock, const timespec* until) {
  return result(mutex_timedlock(posix(lock), until, IPCLAB_PLACE));
}
ENTRY int mtx_unlock(mtx_t* lock) { return result(mutex_unlock(posix(lock), IPCLAB_PLACE)); }

ENTRY int cnd_wait(cnd_t* condition, mtx_t* lock) {
  return result(condition_wait(posix(condition), posix(lock), IPCLAB_PLACE));
}
ENTRY int cnd_timedwait(cnd_t* condition, mtx_t* lock, const timespec* until) {
  return result(condition_timedwait(posix(condition), posix(lock), until, IPCLAB_PLACE));
}
ENTRY int cnd_signal(cnd_t* condition) {
  return result(condition_signal(posix(condition), false, IPCLAB_PLACE));
}
ENTRY int cnd_broadcast(cnd_t* condition) {
  return result(condition_signal(posix(condition), true, IPCLAB_PLACE));
}

ENTRY void call_once(once_flag* flag, void (*function)()) {
  ::pthread_once(reinterpret_cast<pthread_once_t*>(flag), function);
}
