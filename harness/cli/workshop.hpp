// The compiler in a room of its own, with nothing in sight but a variant's sources, the headers of
// harness/lab and what was precompiled of them: no #include reaches a solution.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/kept.hpp"
#include "cli/variant.hpp"
#include "room/room.hpp"

namespace ipclab::cli {

/// As the programs are to run, or such that their accesses are seen (cxx.hpp).
enum class Kind { plain, watched };

struct CompilerJob {
  Kind kind;
  std::vector<std::string> arguments;
  int status = 0;  // of wait(2)
  std::string messages;
};

class Workshop {
 public:
  explicit Workshop(const Variant& variant);

  /// At the same time; returns when all have ended.
  void run(std::vector<CompilerJob>& jobs);

  /// Where the compiler sees "src", "include", "preambles" and "out".
  std::string place(const std::string& name) const { return room_.place(name); }

  /// What the compiler sees as "out", for the rest of the world.
  fs::path output() const { return scratch_.path() / "out"; }

 private:
  Scratch scratch_;
  room::Room room_;
};

/// Where preambles are kept, by their keys (preamble.hpp).
fs::path preambles();

}  // namespace ipclab::cli
