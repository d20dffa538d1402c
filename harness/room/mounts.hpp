// The file system of a namespace room: a fresh root with the machine's programs read-only and everything that
// programs write to of its own. Called by init in its new namespaces. Needs open_tree(2), mount_setattr(2):
// Linux 5.12.
#pragma once

#include "room/room.hpp"

namespace ipclab::room {

/// The learner's uid and gid as its programs see them.
inline constexpr unsigned kInsideId = 1000;

/// Throws std::system_error that names the step that was refused.
void build_root(const Options& options);

/// Brings the loopback interface up.
void raise_loopback();

}  // namespace ipclab::room
