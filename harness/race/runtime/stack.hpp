// Where a task is.
#pragma once

#include "race/runtime/arena.hpp"

namespace ipclab::race {

/// The stack of this thread with `place` on top: a Node's index.
Index new_stack_at(std::uint64_t place);
inline Index stack_at(std::uint64_t place) {
  const Lookup& last = self.lookups[(place ^ place >> 6) % kLookups];
  if (self.depth - 1 < kFrames && last.place == place) [[likely]] {
    const Index below = self.frames[self.depth - 1].node;
    if (below && last.below == below) return last.node;
  }
  return new_stack_at(place);
}

/// The lowest node of a new task's stacks.
Index new_root(Index task);

}  // namespace ipclab::race
