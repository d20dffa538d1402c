// Runs an ordinary program of our own or of the machine (compiler, checks, tools) to its end: input fed,
// output captured in any amount without deadlock, its whole tree ended and reaped whatever it does. Built on
// Boost.Process v2 (a fresh io_context per launch; waited for by a pidfd of our own: the traps are described
// in tree.cpp). Learners' programs are started by room/, never by this.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ipclab::process {

struct Command {
  std::vector<std::string> argv{};                                 // argv[0] is looked up in PATH
  std::vector<std::pair<std::string, std::string>> environment{};  // added to, or replacing, our own
  std::filesystem::path directory{};                               // empty: ours
  std::string input{};                                             // its standard input, then end-of-file
  std::size_t most_output = 64u << 20;  // bytes kept of each stream; the rest is read and dropped
  std::chrono::milliseconds limit{0};   // an upper bound; 0: none
  bool result_channel = false;          // fd 3 is a pipe to us: see Outcome::result
};

struct Outcome {
  int exit_code = 0;  // when it exited
  int signal = 0;     // when it was killed
  bool limit_reached = false;
  bool output_cut = false;
  std::string out, err;  // what it printed
  std::string result;    // what it wrote to fd 3, with result_channel
  std::chrono::microseconds took{};

  bool ok() const { return exit_code == 0 && signal == 0 && !limit_reached; }
};

/// Throws std::system_error when the program cannot be started (ENOENT, EACCES …).
Outcome run(const Command& command);

/// As many as `jobs` at once, in the order given; `done(index, outcome)` is called in the caller's thread, in
/// order of completion. A command that cannot be started gives exit code 127 and the reason in `err`.
void run_all(const std::vector<Command>& commands, int jobs,
             const std::function<void(std::size_t, Outcome)>& done);

}  // namespace ipclab::process
