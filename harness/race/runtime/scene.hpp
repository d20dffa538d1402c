// What the debug information will be asked about when the program has ended: where the variables were.
#pragma once

#include "race/runtime/arena.hpp"

namespace ipclab::race {

/// Of a finding that this thread has just made by an access to `address` at `place`. The caller holds no
/// lock.
void keep_scene(Index finding, std::uint64_t address, std::uint64_t place);

}  // namespace ipclab::race
