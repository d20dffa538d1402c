// Conditions. A wait gives the mutex up and takes it again, even when its time runs out; it is the mutex that
// orders. A signal alone orders nothing: a wait may return without one.
#include <pthread.h>

#include "race/runtime/locks.hpp"
#include "race/runtime/mutex.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/report.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/stack.hpp"

using namespace ipclab::race;

namespace {

bool made_shared(const pthread_condattr_t* attributes) {
  int shared = PTHREAD_PROCESS_PRIVATE;
  if (attributes) ::pthread_condattr_getpshared(attributes, &shared);
  return shared == PTHREAD_PROCESS_SHARED;
}

constexpr char kCondVersion[] = "GLIBC_2.3.2";  // there is an older, incompatible one of each

bool is_shared(const pthread_cond_t* condition) {
  constexpr unsigned kShared = 1;  // __PTHREAD_COND_SHARED_MASK
  return (condition->__data.__wrefs & kShared) != 0;
}

clockid_t clock_of(const pthread_cond_t* condition) {
  constexpr unsigned kMonotonic = 2;  // __PTHREAD_COND_CLOCK_MONOTONIC_MASK
  return condition->__data.__wrefs & kMonotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

void used(pthread_cond_t* condition, std::uint64_t place) {
  Sync* sync = sync_at(condition, Kind::condition);
  if (!sync) return;
  const Holding holding(sync->lock);
  note_use(*sync, is_shared(condition), place);
}

void told(pthread_cond_t* condition, std::uint64_t place) {
  if (!watched()) return;
  const Inside inside;
  used(condition, place);
}

void begins_to_wait(pthread_cond_t* condition, pthread_mutex_t* mutex, std::uint64_t place) {
  if (!watched()) return;
  {
    const Inside inside;
    used(condition, place);
    const Sync* lock = lock_at(mutex, Kind::mutex);
    if (lock && lock->owner != self.index)
      report_misuse(Fault::wait_without_lock, index_of(*lock), stack_at(place), stack_at(place));
  }
  mutex_given_up(mutex, place);
}

/// One that nobody else can see may still be waited on.
Sync* signals_of(pthread_cond_t* condition) {
  const Inside inside;
  return lock_at(condition, Kind::condition);
}

/// Without the library's condition: signals go to whoever waits, by the scheduler's choice.
int wait_in_turn(pthread_cond_t* condition, pthread_mutex_t* mutex, std::optional<std::uint64_t> timeout_ns,
                 std::uint64_t place) {
  scheduler::point(What::wait, nullptr, place);
  scheduler::cancellation_point(What::wait);
  const Sync* sync = signals_of(condition);
  begins_to_wait(condition, mutex, place);
  unlock_really(mutex);
  const bool in_time = !sync || scheduler::wait_for_signal(*sync, place, timeout_ns);
  const int error = lock_in_turn(mutex, place);
  mutex_taken(mutex, error, place);
  scheduler::cancellation_point(What::wait);
  return error != 0 ? error : in_time ? 0 : ETIMEDOUT;
}

void signal_in_turn(pthread_cond_t* condition, bool all, std::uint64_t place) {
  scheduler::point(What::wake, nullptr, place);
  told(condition, place);
  Sync* sync = signals_of(condition);
  const Inside inside;
  if (sync) scheduler::note_wake(*sync, scheduler::wake(*sync, all), place);
}

}  // namespace

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

/// A cancelled wait has its mutex when the program's clean-up runs.
struct Wait {
  pthread_mutex_t* mutex;
  std::uint64_t place;
};

void was_cancelled(void* data) {
  const Wait& wait = *static_cast<Wait*>(data);
  mutex_taken(wait.mutex, 0, wait.place);
}

template <typename Call>
int wait_really(pthread_mutex_t* mutex, std::uint64_t place, Call call) {
  Wait wait{mutex, place};
  int error = 0;
  pthread_cleanup_push(was_cancelled, &wait);
  error = call();
  pthread_cleanup_pop(0);
  mutex_taken(mutex, error == ETIMEDOUT ? 0 : error, place);
  return error;
}

}  // namespace

namespace ipclab::race {

int condition_wait(pthread_cond_t* condition, pthread_mutex_t* mutex, std::uint64_t place) {
  static constinit Real<int(pthread_cond_t*, pthread_mutex_t*)> real("pthread_cond_wait", kCondVersion);
  if (scheduler::active()) return wait_in_turn(condition, mutex, {}, place);
  begins_to_wait(condition, mutex, place);
  return wait_really(mutex, place, [&] { return real(condition, mutex); });
}

int condition_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until,
                        std::uint64_t place) {
  static constinit Real<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)> real(
      "pthread_cond_timedwait", kCondVersion);
  if (scheduler::active())
    return wait_in_turn(condition, mutex, scheduler::until(clock_of(condition), until), place);
  begins_to_wait(condition, mutex, place);
  return wait_really(mutex, place, [&] { return real(condition, mutex, until); });
}

int condition_signal(pthread_cond_t* condition, bool all, std::uint64_t place) {
  static constinit Real<int(pthread_cond_t*)> one("pthread_cond_signal", kCondVersion);
  static constinit Real<int(pthread_cond_t*)> each("pthread_cond_broadcast", kCondVersion);
  if (scheduler::active()) return signal_in_turn(condition, all, place), 0;
  told(condition, place);
  return all ? each(condition) : one(condition);
}

}  // namespace ipclab::race

ENTRY int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return condition_wait(condition, mutex, IPCLAB_PLACE);
}

ENTRY int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  return condition_timedwait(condition, mutex, until, IPCLAB_PLACE);
}

ENTRY int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                                 const timespec* until) {
  static constinit Real<int(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*)> real(
      "pthread_cond_clockwait");
  if (scheduler::active())
    return wait_in_turn(condition, mutex, scheduler::until(clock, until), IPCLAB_PLACE);
  begins_to_wait(condition, mutex, IPCLAB_PLACE);
  return wait_really(mutex, IPCLAB_PLACE, [&] { return real(condition, mutex, clock, until); });
}

ENTRY int pthread_cond_signal(pthread_cond_t* condition) {
  return condition_signal(condition, false, IPCLAB_PLACE);
}

ENTRY int pthread_cond_broadcast(pthread_cond_t* condition) {
  return condition_signal(condition, true, IPCLAB_PLACE);
}

ENTRY int pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes) {
  static constinit Real<int(pthread_cond_t*, const pthread_condattr_t*)> real("pthread_cond_init",
                                                                              kCondVersion);
  if (watched()) {
    const Inside inside;
    note_made(sync_at(condition, Kind::condition), made_shared(attributes), IPCLAB_PLACE);
  }
  return real(condition, attributes);
}
