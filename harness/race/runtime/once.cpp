// What is done once: pthread_once, and the guards of function-local statics.
#include <pthread.h>

#include "race/runtime/real.hpp"
#include "race/runtime/sync.hpp"

using namespace ipclab::race;

namespace {

struct Call {
  pthread_once_t* control;
  void (*routine)();
};
constinit __thread Call call{};

void run_and_release() {
  const Call mine = call;
  mine.routine();
  if (!watched()) return;
  const Inside inside;
  release(sync_at(mine.control, Kind::once));
}

void learn_once(const volatile void* address) {
  if (!watched()) return;
  const Inside inside;
  acquire(sync_at(address, Kind::once));
}

}  // namespace

IPCLAB_INTERPOSE(int, pthread_once, pthread_once_t*, void (*)())(pthread_once_t* control, void (*routine)()) {
  if (!watched()) return real_pthread_once(control, routine);
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
  if (!mine) learn_once(guard);
  return mine;
}

IPCLAB_INTERPOSE(void, __cxa_guard_release, std::uint64_t*)(std::uint64_t* guard) {
  if (watched()) {
    const Inside inside;
    release(sync_at(guard, Kind::once));
  }
  real___cxa_guard_release(guard);
}
