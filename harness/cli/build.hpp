// Compiles variants. The compiler runs in a room with nothing in sight but the variant's own sources and the
// headers of harness/lab, so that no #include reaches a solution. Objects and whole variants are kept by the
// hash of all that went into them: what has not changed is not compiled again. Safe when several ipclab run
// at once.
#pragma once

#include <string>

#include "cli/variant.hpp"

namespace ipclab::cli {

struct Built {
  bool compiled = false;
  std::string messages;  // the compiler's own, naming the learner's files; empty: no warning
  fs::path programs;     // directory of the programs; those that can be watched in race::kWatchedPrograms
};

/// Throws MachineError when there is no compiler or no space.
Built build(const Variant& variant);

/// The compiler's first line of --version; throws MachineError when there is none.
std::string compiler_version();

}  // namespace ipclab::cli
