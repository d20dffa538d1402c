// Whose turn it is: bare rooms have the machine's names, keys and ports in common, so that one check at a time
// may use them.
#pragma once

#include <memory>

#include "base/fd.hpp"

namespace ipclab::room {

/// Sleeps until no other process of this machine, of whatever user, has a bare room; ours until the last copy
/// is gone. Rooms of one process share the turn. Null where the lock's file cannot be had: a check that may be
/// disturbed is better than none.
std::shared_ptr<Fd> take_turn();

}  // namespace ipclab::room
