// How a room is set up from the inside, before any program runs in it. Called by init.
#pragma once

#include "room/bare.hpp"
#include "room/launch.hpp"
#include "room/room.hpp"

namespace ipclab::room {

/// How the room that init is to serve was made.
struct Site {
  Level level{};
  unsigned learner_uid = 0;  // inside; 0: the uid that init has
  std::string base;          // bare: a directory of its own that stands for /lab, with `scratch` in it
};

/// Throws std::system_error that names the step that was refused. The working directory becomes the scratch
/// directory.
Identity set_up_namespaces(const Options& options, const Site& site);

/// As above; `confinement` says what the kernel could take from the programs.
Identity set_up_bare(const Options& options, const Site& site, Confinement& confinement);

}  // namespace ipclab::room
