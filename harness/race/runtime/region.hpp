// The objects that memory belongs to.
#pragma once

#include "race/runtime/arena.hpp"

namespace ipclab::race {

/// This process's own memory.
Index own_region();
/// After fork, in the child: it has another.
void forget_own_region();

}  // namespace ipclab::race
