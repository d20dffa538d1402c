// `ipclab why PID` and `ipclab why -- COMMAND…`: what a tree of processes waits for, who could end it, and
// whether anybody ever will.
//
// The verdict is the first line of standard output. A command gets our standard input; what it prints, to
// whichever stream, goes to our standard error. Its world is closed: nobody but its own tree (and whoever
// types) uses the names in it, so a server that nobody can connect to is stuck. The world of a PID is open:
// there a server waits for input.
//
// Exit status: 0 not stuck, 1 stuck (proved), 2 there is no such process or command, 3 it cannot be told
// here.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ipclab::cli {

struct WhyOptions {
  int pid = 0;                       // either this
  std::vector<std::string> command;  // … or this
  /// At the latest the state is told that is seen then. A command is ended with the verdict, which comes
  /// earlier when the command ends, or when it is proved that it is stuck or that only a person's input could
  /// move it.
  std::optional<double> seconds;  // default: 10 for a command, 0.5 for a PID
  bool json = false;
};

/// Throws UsageError and MachineError (errors.hpp).
int why(const WhyOptions& options);

}  // namespace ipclab::cli
