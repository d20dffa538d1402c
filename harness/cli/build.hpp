// Compiles variants, in a room (workshop.hpp). Objects and whole variants are kept by the hash of all that
// went into them (compilation.hpp): what has not changed is not compiled again. Safe when several ipclab run
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

/// `watched`: also such that races can be seen. Throws UsageError when there is no compiler or no
/// free disk.
Built build(const Variant& variant, bool watched);

}  // namespace ipclab::cli
