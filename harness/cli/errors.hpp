// The two ways in which a command ends badly that are nobody's program's fault. Caught in main.cpp only.
#pragma once

#include <stdexcept>

namespace ipclab::cli {

/// What was typed, or handed in, or the machine as it is set up (no compiler, no free disk) makes it
/// impossible, and the caller can mend it: one clear line, exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The machine, or the harness itself, has failed: one clear line, exit status 3.
struct MachineError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr int kAllPass = 0, kSomeFail = 1, kUsage = 2, kMachine = 3;

}  // namespace ipclab::cli
