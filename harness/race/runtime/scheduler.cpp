#include "race/runtime/scheduler.hpp"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "race/runtime/kernel_state.hpp"
#include "race/runtime/late_store.hpp"
#include "race/runtime/order.hpp"
#include "race/runtime/stack.hpp"
#include "race/runtime/task.hpp"
#include "race/runtime/timer.hpp"

namespace ipclab::race::scheduler {
namespace {

constexpr int kStuckStatus = 70;          // EX_SOFTWARE; the launcher tells what it means
constexpr std::uint32_t kSpinning = 200;  // points without any change: it polls
constexpr long kLookNs = 5'000'000;       // how often a waiting task looks whether the one that runs is dead

long futex(Cell& word, int operation, std::uint32_t value, const timespec* timeout) {
  return ::syscall(SYS_futex, &word, operation, value, timeout, nullptr, 0);
}

void call(Task& task) {
  task.turn.store(1);
  futex(task.turn, FUTEX_WAKE, 1, nullptr);
}

/// Somebody else goes on, if `may` says so, which is asked under the scheduler's lock. He is woken without
/// it, since he takes it soon.
template <typename May>
void pass_on(const May& may) {
  Record& r = *record();
  Index next = 0;
  for (bool mine = false;; ::syscall(SYS_sched_yield)) {
    const Holding holding(r.turn);
    if (!may(mine)) return;
    if (pick()) {
      next = r.running.load();
      break;
    }
    // Two who did this at once would wait for each other to sleep.
    mine = true;
    r.running.store(self.index);
    r.taken.store(1);
  }
  if (r.stuck.load()) living([&](Index, Task& task) { call(task); });
  else if (next && next != self.index) call(r.tasks[next]);
}

/// An ending process ends before anybody goes on: its end is one step.
void see_off() {
  Record& r = *record();
  const auto pid = static_cast<int>(r.departing.load());
  if (!pid || pid == ::getpid()) return;
  wait_until_gone(pid);
  r.departing.store(0);
}

/// A child may be killed before it has become a task.
bool never_came(Task& task) {
  const auto pid = static_cast<int>(record()->processes[task.process].pid);
  if (task.state.load() != kReady || pid == 0 || !is_gone(pid)) return false;
  task.state.store(kEnded);
  return true;
}

/// It tries again and again what nobody here sees, perhaps until another changes it; or it computes.
bool burns_time(const Task& task) {
  static constinit __thread struct {
    Index step;
    std::uint64_t ns;
  } seen{};
  constexpr std::uint64_t kMost = 1'000'000'000;
  const auto pid = static_cast<unsigned>(record()->processes[task.process].pid);
  timespec used{};
  if (::clock_gettime(static_cast<clockid_t>(~pid << 3 | 2), &used) != 0) return false;  // CPUCLOCK_SCHED
  const auto ns =
      static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(used.tv_nsec);
  const Index step = record()->steps_used.load();
  if (step != seen.step || ns < seen.ns) seen = {step, ns};
  return ns - seen.ns > kMost;
}

/// The one that has the turn may have died with it, or sleep where nobody knows; the world outside may have
/// changed something.
void look_after(Index running) {
  Record& r = *record();
  Task& task = r.tasks[running];
  // Who sleeps in a call that nobody here knows is outside, and others go on. Whoever reads /proc/PID/stat
  // has a hand on the process's memory, and by that on its locks of mapped files: not while somebody else may
  // already go on because it is dead.
  pass_on([&](bool mine) {
    if (mine) return true;
    if (r.running.load() != running) return false;
    const bool dead = running && (is_dead(task) || never_came(task));
    if (running && !dead && (!r.taken.load() || !(is_asleep(task) || burns_time(task)))) return false;
    if (dead) r.departing.store(static_cast<std::uint32_t>(r.processes[task.process].pid));
    else if (running) task.waiting.store(static_cast<std::uint32_t>(Waiting::outside));
    ++r.progress;
    return true;
  });
}

void wait_for_turn() {
  Record& r = *record();
  Task& task = *self.task;
  while (r.running.load() != self.index && !r.stuck.load()) {
    const timespec look{0, kLookNs};
    const bool called = futex(task.turn, FUTEX_WAIT, 0, &look) == 0 || errno != ETIMEDOUT;
    task.turn.store(0);
    if (!called && r.processes[process].timers.load() && !timer_is_set())
      r.processes[process].timers.store(0);
    // The launcher, too, calls one when it opens the gate: nobody has the turn then.
    if (const Index running = r.running.load(); !called || running == 0) look_after(running);
  }
  if (r.stuck.load()) ::syscall(SYS_exit_group, kStuckStatus);
  see_off();
  r.taken.store(1);
}

void hand_over(Waiting why) {
  Record& r = *record();
  pass_on([&](bool) {
    self.task->waiting.store(
        static_cast<std::uint32_t>(why));  // here, or look_after may just call it outside
    if (self.deferred) interrupt(*self.task);
    return r.running.load() == self.index || r.running.load() == 0;
  });
  wait_for_turn();
}

void note(What what, const Sync* sync, std::uint64_t place) {
  Record& r = *record();
  const Index step = r.steps_used.fetch_add(1, std::memory_order_relaxed) + 1;
  r.steps_taken[step % kSteps] = {self.index, stack_at(place), what, sync ? index_of(*sync) : 0};
}

/// Comes back with the turn. False: the time was up.
bool wait_as(Waiting why, std::uint64_t place, std::optional<std::uint64_t> timeout_ns) {
  const Inside inside;
  Task& task = *self.task;
  task.waits_at = stack_at(place);
  task.progress = record()->progress;
  task.wakes_at = timeout_ns ? record()->now + *timeout_ns + 1 : 0;
  const bool is_over =
      timeout_ns == 0u && why != Waiting::time;  // who cannot wait need not let all others go first
  if (is_over) task.wakes_at = 0;
  hand_over(is_over ? Waiting::turn : why);
  const bool in_time = !is_over && waiting(task) != Waiting::time;
  task.wakes_at = 0;
  task.waiting.store(static_cast<std::uint32_t>(Waiting::nothing));
  return in_time;
}

}  // namespace

void prepare(Task& task) {
  if (!record()->scheduled) return;
  task.priority = fresh_priority();
  task.waiting.store(static_cast<std::uint32_t>(Waiting::turn));
}

void join_in() {
  Record& r = *record();
  if (!r.scheduled) return;
  Task& task = *self.task;
  if (!task.priority) {
    task.priority = fresh_priority();
    Index expected = r.expected.load();
    while (expected && !r.expected.compare_exchange_weak(expected, expected - 1)) {
    }
    task.waiting.store(static_cast<std::uint32_t>(Waiting::turn));
    r.arrived.fetch_add(1);
    futex(r.arrived, FUTEX_WAKE, 1, nullptr);
  }
  task.waiting.store(static_cast<std::uint32_t>(Waiting::turn));
  // Perhaps another: the order in which they come here is nobody's.
  pass_on([&](bool mine) { return mine || r.running.load() == 0; });
  wait_for_turn();
  task.waiting.store(static_cast<std::uint32_t>(Waiting::nothing));
}

void leave(bool whole_process) {
  Record& r = *record();
  if (!self.task || !r.scheduled || r.running.load() != self.index) return;
  show_late_stores();
  ++self.busy;
  ++r.progress;
  if (whole_process) {
    r.departing.store(static_cast<std::uint32_t>(r.processes[process].pid));
    living([&](Index, Task& task) {
      if (task.process == process) task.state.store(kEnded);
    });
  } else {
    self.task->state.store(kEnded);
  }
  pass_on(
      [&](bool) { return r.running.load() == self.index; });  // who looked meanwhile may have passed it on
  --self.busy;
  self.task = nullptr;  // what is still done is in nobody's order
}

void progress() {
  if (!record()->scheduled) return;
  ++record()->progress;
  self.task->idle = 0;
}

std::uint64_t random_below(std::uint64_t below) { return random_number() % below; }

void point(What what, const Sync* sync, std::uint64_t place) {
  if (!active()) return;
  const Inside inside{Overtaking()};
  note(what, sync, place);
  Task& task = *self.task;
  if (falls_behind()) fall_behind();
  if (++task.idle > kSpinning) {
    task.idle = 0;
    fall_behind();
    task.wakes_at = record()->now + 1;
    task.progress = record()->progress;
    hand_over(Waiting::change);
    task.wakes_at = 0;
  } else {
    hand_over(Waiting::turn);
  }
  task.waiting.store(static_cast<std::uint32_t>(Waiting::nothing));
}

void plain_access(std::uint64_t place) {
  if (!record()->scheduled) return;
  constexpr unsigned kOneIn = 8;
  if (random_below(kOneIn) != 0) return;
  late_store::show_sometimes();
  point(What::access, nullptr, place);
}

void unseen_access(std::uint64_t place) {
  constexpr unsigned kOneIn = 1024;
  if (record()->scheduled && ++self.unseen % kOneIn == 0) point(What::access, nullptr, place);
}

bool wait_for_change(std::uint64_t place, std::optional<std::uint64_t> timeout_ns) {
  return wait_as(Waiting::change, place, timeout_ns);
}

bool wait_for_signal(const Sync& sync, std::uint64_t place, std::optional<std::uint64_t> timeout_ns) {
  self.task->object = index_of(sync);
  const bool in_time = wait_as(Waiting::signal, place, timeout_ns);
  self.task->object = 0;
  return in_time;
}

bool wake(const Sync& sync, bool all) {
  const Index wanted = index_of(sync);
  unsigned count = 0;
  const auto waits = [&](const Task& task) {
    return waiting(task) == Waiting::signal && task.object == wanted;
  };
  living([&](Index, const Task& task) { count += waits(task); });
  if (count == 0) return false;
  auto which = static_cast<unsigned>(random_number() % count);
  living([&](Index, Task& task) {
    if (waits(task) && (all || which-- == 0)) {
      task.wakes_at = 0;
      task.waiting.store(static_cast<std::uint32_t>(Waiting::turn));
      if (!all) which = ~0u;
    }
  });
  return true;
}

void interrupt(Task& task) {
  const Waiting why = waiting(task);
  if (why == Waiting::signal || why == Waiting::change || why == Waiting::time)
    task.waiting.store(static_cast<std::uint32_t>(Waiting::turn));
}

void cancellation_point(What what) {
  if (what == What::wait || what == What::wait_semaphore || what == What::send || what == What::receive ||
      what == What::join || what == What::sleep)
    ::pthread_testcancel();
}

void note_wake(Sync& sync, bool heard, std::uint64_t place) { sync.unheard = heard ? 0 : stack_at(place); }

void sleep(std::uint64_t ns, std::uint64_t place) {
  point(What::sleep, nullptr, place);
  wait_as(Waiting::time, place, ns);
  cancellation_point(What::sleep);
}

Away::Away(std::uint64_t place) : active_(active()) {
  if (!active_) return;
  const Inside inside;
  Record& r = *record();
  self.task->waits_at = stack_at(place);
  self.task->waiting.store(static_cast<std::uint32_t>(Waiting::outside));
  pass_on([&](bool) { return r.running.load() == self.index; });
}

Away::~Away() {
  if (!active_) return;
  Inside inside;
  Record& r = *record();
  ++r.progress;
  join_in();
}

void expect_timer() {
  if (self.task) record()->processes[process].timers.store(1);
}

void expect_program() {
  if (self.task) record()->expected.fetch_add(1);
}

std::uint64_t until(clockid_t clock, const timespec* moment) {
  timespec now{};
  ::clock_gettime(clock, &now);
  const long left = (moment->tv_sec - now.tv_sec) * 1'000'000'000 + (moment->tv_nsec - now.tv_nsec);
  return left > 0 ? static_cast<std::uint64_t>(left) : 0;
}

}  // namespace ipclab::race::scheduler
