// The process that serves a room from the inside. Forked from the check, never executes another program.
#pragma once

#include <string>

#include "room/room.hpp"

namespace ipclab::room {

/// How the room that init is to serve was made.
struct Site {
  Level level{};
  unsigned learner_uid = 0;  // inside; 0: the uid that init has
  std::string base;          // bare: a directory of its own that stands for /lab, with `scratch` in it
};

/// Sets the room up, says so over `socket` (or says which step was refused), serves it until the socket ends.
[[noreturn]] void run_init(int socket, const Options& options, const Site& site);

}  // namespace ipclab::room
