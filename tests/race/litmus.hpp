// What the litmus programs say of themselves (race/litmus/litmus.hpp).
#pragma once

#include <string>
#include <vector>

struct Litmus {
  std::string name;
  std::string
      first_line;  // what `ipclab race` must say, without the region: "RACE siblings.cpp:7 siblings.cpp:11"
  std::string variable;  // what it must call the memory; empty: nothing is said
  bool by_luck = false;  // luck can order the two in one run
};

/// All that were made (IPCLAB_LITMUS in tests/CMakeLists.txt), by name.
std::vector<Litmus> litmus_programs();

/// build/litmus/NAME, or NAME-mended.
std::string litmus_path(const Litmus& litmus, bool mended);
