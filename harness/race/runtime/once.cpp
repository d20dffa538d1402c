// What is done once: pthread_once, and the guards of function-local statics.
#include <pthread.h>

#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/sync.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace {

struct Call {
  pthread_once_t* control;
  void (*routine)();
};
constinit __thread Call call{};

/// Whoever began it before has left it by an exception.
void begins(pthread_once_t* control) {
  if (!watched()) return;
  const Inside inside;
  Sync* sync = sync_at(control, Kind::once);
  if (!sync) return;
  const Holding holding(sync->lock);
  acquire_held(*sync);
  if (sync->owner) learn(record()->tasks[sync->owner].clock);
  sync->owner = self.index;
}

void run_and_release() {
  const Call mine = call;
  begins(mine.control);
  mine.routine();
  if (!watched()) return;
  const Inside inside;
  Sync* sync = sync_at(mine.control, Kind::once);
  if (!sync) return;
  const Holding holding(sync->lock);
  sync->owner = 0;
  release_held(*sync);
}

/// Under the scheduler: until nobody else is at it.
void wait_in_turn(const pthread_once_t* control, std::uint64_t place) {
  constexpr int kInProgress = 1;  // __PTHREAD_ONCE_INPROGRESS
  scheduler::retry(What::wait, nullptr, place, {}, [&] {
    const Inside inside;
    const Sync* sync = sync_at(control, Kind::once);
    const Index owner = sync ? sync->owner : 0;
    return !owner || owner == self.index || is_dead(record()->tasks[owner]) || !(*control & kInProgress);
  });
}

void learn_once(const volatile void* address) {
  if (!watched()) return;
  const Inside inside;
  acquire(sync_at(address, Kind::once));
}

}  // namespace

IPCLAB_INTERPOSE(int, pthread_once, pthread_once_t*, void (*)())(pthread_once_t* control, void (*routine)()) {
  if (!watched()) return real_pthread_once(control, routine);
  if (scheduler::active()) wait_in_turn(control, IPCLAB_PLACE);
  const Call outer = call;
  call = {control, routine};
  const int error = real_pthread_once(control, run_and_release);
  call = outer;
  learn_once(control);
  return error;
}

// Itanium C++ ABI, 3.3.3: the first byte says whether it is done.
IPCLAB_INTERPOSE(int, __cxa_guard_acquire, std::uint64_t*)(std::uint64_t* guard) {
  const int mine = real___cxa_guard_acquire(guard);
  learn_once(guard);  // also whoever begins it after an exception
  return mine;
}

IPCLAB_INTERPOSE(void, __cxa_guard_abort, std::uint64_t*)(std::uint64_t* guard) {
  if (watched()) {
    const Inside inside;
    release(sync_at(guard, Kind::once));
  }
  real___cxa_guard_abort(guard);
}

IPCLAB_INTERPOSE(void, __cxa_guard_release, std::uint64_t*)(std::uint64_t* guard) {
  if (watched()) {
    const Inside inside;
    release(sync_at(guard, Kind::once));
  }
  real___cxa_guard_release(guard);
}
