// A room where the machine allows no namespaces: what can be had without them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <vector>

#include "base/fd.hpp"
#include "room/room.hpp"

namespace ipclab::room {

/// A Landlock ruleset (landlock(7)): everything may be read but `hidden`; only `writable` may be written. An
/// invalid descriptor where the kernel has no Landlock.
Fd landlock_rules(const std::vector<std::filesystem::path>& hidden,
                  const std::vector<std::filesystem::path>& writable);

/// Ends every descendant of the calling process, a child sub-reaper (PR_SET_CHILD_SUBREAPER), and reaps until
/// it has no child. Stops each before it kills any, so that a process that forks for ever loses the race.
void end_descendants();

}  // namespace ipclab::room
