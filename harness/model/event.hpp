// One thing that happened during a check, for `ipclab check -v`: what the harness did and what it saw, in
// order.
#pragma once

#include <chrono>
#include <string>

namespace ipclab {

struct Event {
  std::chrono::microseconds at{};  // since the check began
  std::string who;                 // "alice", "harness"
  std::string what;                // "types: send hello 3"
};

}  // namespace ipclab
