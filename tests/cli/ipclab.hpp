// The command as a person types it, with what it said.
#pragma once

#include <string>
#include <vector>

#include "process/run.hpp"

namespace ipclab::cli::test {

inline const std::string kIpclab = IPCLAB_BUILD "/harness/ipclab";

inline process::Outcome outcome_of(process::Command command) {
  command.environment.emplace_back("NO_COLOR", "1");
  return process::run(command);
}

inline process::Outcome typed(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), kIpclab);
  process::Command command;
  command.argv = std::move(arguments);
  return outcome_of(command);
}

}  // namespace ipclab::cli::test
