// The process that serves a room from the inside. Forked from the check, never executes another program.
#pragma once

#include "room/room.hpp"
#include "room/site.hpp"

namespace ipclab::room {

/// Sets the room up, says so over `socket` (or says which step was refused), serves it until the socket ends.
[[noreturn]] void run_init(int socket, const Options& options, const Site& site);

}  // namespace ipclab::room
