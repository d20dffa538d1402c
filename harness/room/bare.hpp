// A room where the machine allows no namespaces: what can be had without them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "room/room.hpp"

namespace ipclab::room {

/// What a room without namespaces could take from its programs.
struct Confinement {
  bool files = false;    // the hidden cannot be read, nothing but the room's own places be written
  bool signals = false;  // processes outside cannot be signalled, nor abstract sockets outside be reached
};

/// Whether /dev/mqueue is the file system of message queues: without it nobody sees which there are.
bool queues_are_mounted();

/// Confines the calling process and all its future children by Landlock (landlock(7)), as far as the kernel
/// has it: only below `writable` can anything be made or removed; files in `hidden` cannot be read, others
/// not be written (unless message queues would suffer). They are free among themselves, and whoever is
/// outside may still signal them. Sets NO_NEW_PRIVS.
Confinement confine(const std::vector<std::filesystem::path>& hidden,
                    const std::vector<std::filesystem::path>& writable);

/// Ends every descendant of the calling process, a child sub-reaper (PR_SET_CHILD_SUBREAPER), and reaps until
/// it has no child. Stops each before it kills any, so that a process that forks for ever loses the race.
void end_descendants();

/// The directory that stands for /lab, with `scratch` for /tmp in it, whose owner is `learner_uid`.
std::string make_base(const Options& options, unsigned learner_uid);

}  // namespace ipclab::room
