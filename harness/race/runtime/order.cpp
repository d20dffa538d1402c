#include "race/runtime/order.hpp"

#include "race/runtime/kernel_state.hpp"
#include "race/runtime/report.hpp"

namespace ipclab::race::scheduler {
namespace {

bool takes_anybody() { return record()->seed % 4 == 3; }

/// Of how many points one lets whoever runs fall behind.
std::uint64_t rarity() { return 4ull << (record()->seed / 4 % 6); }

bool can_go_on(const Task& task) {
  if (waiting(task) == Waiting::turn) return true;
  return waiting(task) == Waiting::change && task.progress != record()->progress;
}

Index by_priority() {
  Index best = 0;
  living([&](Index i, const Task& task) {
    if (can_go_on(task) && (!best || task.priority > record()->tasks[best].priority)) best = i;
  });
  return best;
}

Index anybody() {
  unsigned count = 0;
  living([&](Index, const Task& task) { count += can_go_on(task); });
  if (count == 0) return 0;
  auto which = static_cast<unsigned>(random_number() % count);
  Index found = 0;
  living([&](Index i, const Task& task) {
    if (can_go_on(task) && which-- == 0) found = i;
  });
  return found;
}

/// Time passes only when nobody can do anything else.
Index next_in_time() {
  Index first = 0;
  living([&](Index i, const Task& task) {
    if (task.wakes_at != 0 && (!first || task.wakes_at < record()->tasks[first].wakes_at)) first = i;
  });
  if (first) {
    record()->now = record()->tasks[first].wakes_at;
    record()->tasks[first].waiting.store(static_cast<std::uint32_t>(Waiting::time));
  }
  return first;
}

bool somebody_is_outside() {
  Record& r = *record();
  bool any = r.expected.load() != 0;
  living([&](Index i, const Task& task) {
    any |= waiting(task) == Waiting::outside || r.processes[task.process].timers.load() != 0 ||
           (i != self.index && signal_state(task) == Signals::come);
  });
  return any;
}

void give_turn_to(Index next) {
  record()->taken.store(0);
  record()->running.store(next);
}

void all_stuck() {
  Record& r = *record();
  Index one = 0, two = 0;
  living([&](Index, const Task& task) {
    if (!one) one = task.waits_at;
    else if (!two) two = task.waits_at;
  });
  report_stuck(one, two ? two : one);
  r.stuck.store(1);
}

/// Nobody can go on. Of one that is still on its way to sleep a signal's handler may just run.
bool all_others_sleep() {
  bool all = true;
  living(
      [&](Index i, const Task& task) { all &= i == self.index || signal_state(task) != Signals::may_run; });
  return all;
}

/// Somebody was killed, perhaps after others had looked for what he had: they look again.
bool bury_one() {
  Record& r = *record();
  for (Index i = 1, last = r.tasks_used.load(); i <= last && i < kTasks; ++i) {
    Task& task = r.tasks[i];
    if (task.state.load() != kRunning || !is_dead(task)) continue;
    task.state.store(kEnded);
    r.departing.store(static_cast<std::uint32_t>(r.processes[task.process].pid));
    ++r.progress;
    return true;
  }
  return false;
}

}  // namespace

/// xorshift64*, Vigna 2016.
std::uint64_t random_number() {
  Record& r = *record();
  if (r.random == 0) {
    r.random = mixed(r.seed + 1) | 1;
    r.lowest = 1ull << 32;
  }
  r.random ^= r.random >> 12;
  r.random ^= r.random << 25;
  r.random ^= r.random >> 27;
  return r.random * 0x2545f4914f6cdd1d;
}

std::uint64_t fresh_priority() { return (1ull << 32) + (random_number() >> 16); }

bool falls_behind() { return !takes_anybody() && random_number() % rarity() == 0; }

void fall_behind() { self.task->priority = --record()->lowest; }

bool lives(const Task& task) {
  const auto state = task.state.load();
  return (state == kReady || state == kRunning) && !is_dead(task);
}

bool pick() {
  if (record()->gate.load()) return give_turn_to(0), true;
  if (record()->stuck.load()) return true;  // it has been told
  Index next = takes_anybody() ? anybody() : by_priority();
  if (!next) next = next_in_time();
  if (next || somebody_is_outside()) return give_turn_to(next), true;
  if (bury_one() || !all_others_sleep()) return false;
  bool anyone = false;
  living([&](Index, const Task&) { anyone = true; });
  if (anyone) all_stuck();
  else give_turn_to(0);
  return true;
}

}  // namespace ipclab::race::scheduler
