// Barriers: whoever leaves knows what all who came in that round knew. Two clocks take turns, one a round:
// nobody can come to the round after next before all have left this one.
#include <pthread.h>

#include "race/runtime/locks.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace {

bool made_shared(const pthread_barrierattr_t* attributes) {
  int shared = PTHREAD_PROCESS_PRIVATE;
  if (attributes) ::pthread_barrierattr_getpshared(attributes, &shared);
  return shared == PTHREAD_PROCESS_SHARED;
}

/// glibc's struct pthread_barrier: in, current_round, count, shared (0 or FUTEX_PRIVATE_FLAG), out.
unsigned members(const pthread_barrier_t* barrier) { return reinterpret_cast<const unsigned*>(barrier)[2]; }
bool is_shared(const pthread_barrier_t* barrier) {
  return reinterpret_cast<const unsigned*>(barrier)[3] != 0;
}

Index& clock_of(Sync& sync, std::uint32_t round) { return round % 2 ? sync.clock2 : sync.clock; }

std::uint32_t arrives(Sync& sync, pthread_barrier_t* barrier, std::uint64_t place) {
  const Holding holding(sync.lock);
  note_use(sync, is_shared(barrier), place);
  const std::uint32_t round = sync.generation;
  if (Clock* clock = made(clock_of(sync, round))) {
    if (sync.arrived == 0) clear(*clock);
    join(*clock, self.task->clock);
  }
  if (++sync.arrived == members(barrier)) sync.arrived = 0, ++sync.generation;
  next_epoch();
  return round;
}

/// Without the library's barrier.
int wait_in_turn(Sync& sync, std::uint32_t round, std::uint64_t place) {
  if (sync.generation != round) return PTHREAD_BARRIER_SERIAL_THREAD;
  while (sync.generation == round) scheduler::wait_for_change(place);
  return 0;
}

}  // namespace

IPCLAB_INTERPOSE(int, pthread_barrier_wait, pthread_barrier_t*)(pthread_barrier_t* barrier) {
  scheduler::point(What::wait, nullptr, IPCLAB_PLACE);
  Sync* sync = nullptr;
  std::uint32_t round = 0;
  if (watched()) {
    const Inside inside;
    sync = sync_at(barrier, Kind::barrier);
    if (sync) round = arrives(*sync, barrier, IPCLAB_PLACE);
  }
  const int result = sync && scheduler::active() ? wait_in_turn(*sync, round, IPCLAB_PLACE)
                                                 : real_pthread_barrier_wait(barrier);
  if (sync) {
    const Inside inside;
    const Holding holding(sync->lock);
    if (const Index clock = clock_of(*sync, round)) learn(clock_at(clock));
  }
  return result;
}

IPCLAB_INTERPOSE(int, pthread_barrier_init, pthread_barrier_t*, const pthread_barrierattr_t*, unsigned)
(pthread_barrier_t* barrier, const pthread_barrierattr_t* attributes, unsigned members) {
  if (watched()) {
    const Inside inside;
    Sync* sync = sync_at(barrier, Kind::barrier);
    note_made(sync, made_shared(attributes), IPCLAB_PLACE);
    if (sync) sync->arrived = sync->generation = 0;
  }
  return real_pthread_barrier_init(barrier, attributes, members);
}
