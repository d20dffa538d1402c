// The compiler in a room of its own, with nothing in sight but a variant's sources, the headers of
// harness/lab and what was precompiled of them: no #include reaches a solution.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

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
  /// What is compiled goes to `output`.
  Workshop(const std::filesystem::path& sources, const std::filesystem::path& preambles,
           const std::filesystem::path& output);

  /// At the same time; returns when all have ended.
  void run(std::vector<CompilerJob>& jobs);

  /// Where the compiler sees "src", "include", "preambles" and "out".
  std::string place(const std::string& name) const { return room_.place(name); }

 private:
  room::Room room_;
};

}  // namespace ipclab::cli
