// Starts the command that a person has typed behind `why --` or `race --`.
#pragma once

#include <memory>

#include "observe/watch.hpp"
#include "process/tree.hpp"

namespace ipclab::cli {

/// A person at the terminal can type into it, and end it with Ctrl-C. Throws UsageError when it cannot be
/// started.
std::unique_ptr<process::Tree> start_for_person(process::Tree::Start start);

/// Its tree has no clients but its own members; who else has our standard streams may still act.
observe::World closed_world(const process::Tree& tree);

}  // namespace ipclab::cli
