// Who goes on next, as the seed has it (PCT, see scheduler.hpp), and what is known of those who wait. Nothing
// here waits. Internal to the scheduler.
#pragma once

#include "race/runtime/task.hpp"

namespace ipclab::race::scheduler {

/// The seed's next number.
std::uint64_t random_number();

/// Of a new task.
std::uint64_t fresh_priority();
/// May whoever runs fall behind all others at this point?
bool falls_behind();
void fall_behind();

inline Waiting waiting(const Task& task) { return static_cast<Waiting>(task.waiting.load()); }

bool lives(const Task& task);
template <typename Visit>
void living(Visit visit) {
  Record& r = *record();
  for (Index i = 1, last = r.tasks_used.load(); i <= last && i < kTasks; ++i)
    if (lives(r.tasks[i])) visit(i, r.tasks[i]);
}

/// Gives the turn to somebody, or ends a run in which nobody can go on. The caller holds the scheduler's
/// lock. False: that can be said only when all others sleep.
bool pick();

}  // namespace ipclab::race::scheduler
