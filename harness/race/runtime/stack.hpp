// Where a task is.
#pragma once

#include "race/runtime/arena.hpp"

namespace ipclab::race {

/// The stack of this thread with `place` on top: a Node's index.
Index stack_at(std::uint64_t place);

/// The lowest node of a new task's stacks.
Index new_root(Index task);

}  // namespace ipclab::race
