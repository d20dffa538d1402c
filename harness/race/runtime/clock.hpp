// Vector clocks, and the store of them.
#pragma once

#include "race/runtime/arena.hpp"

namespace ipclab::race {

inline unsigned slots() { return record()->slots_used.load(std::memory_order_relaxed); }

/// `into` learns what `from` knows.
inline void join(Clock& into, const Clock& from) {
  for (unsigned i = 0, n = slots(); i < n; ++i)
    if (into.at[i] < from.at[i]) into.at[i] = from.at[i];
}

inline void copy(Clock& into, const Clock& from) {
  for (unsigned i = 0, n = slots(); i < n; ++i) into.at[i] = from.at[i];
}

inline void clear(Clock& clock) {
  for (unsigned i = 0; i < kSlots; ++i) clock.at[i] = 0;
}

/// A clock that knows nothing; 0 when there are no more.
Index new_clock();
void free_clock(Index clock);

inline Clock& clock_at(Index index) { return record()->clocks[index]; }

/// Makes the clock if there is none yet.
inline Clock* made(Index& index) {
  if (!index) index = new_clock();
  return index ? &clock_at(index) : nullptr;
}

}  // namespace ipclab::race
