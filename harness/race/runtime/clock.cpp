#include "race/runtime/clock.hpp"

namespace ipclab::race {

Index new_clock() {
  Record& r = *record();
  {
    Holding pool(r.pool);
    if (const Index first = r.free_clock) {
      r.free_clock = clock_at(first).at[0];
      clear(clock_at(first));
      return first;
    }
  }
  return grow(r.clocks_used, kClocks);
}

void free_clock(Index clock) {
  if (!clock) return;
  Record& r = *record();
  Holding pool(r.pool);
  clock_at(clock).at[0] = r.free_clock;
  r.free_clock = clock;
}

}  // namespace ipclab::race
