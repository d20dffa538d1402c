// Runs a lab's checks on a built variant, each in a process of its own.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/variant.hpp"
#include "model/result.hpp"

namespace ipclab::cli {

struct RunOptions {
  int jobs = 1;
  std::optional<std::string> seed;
  std::optional<std::string> schedule;  // the only one that is run, where a check would try many
  std::string only;                     // a part of a check's name; empty: all
  bool skip_dependants = true;          // turn what fails after the check that it needs into a skip
  std::function<void(int done, int of)> progress;  // may be empty
};

std::vector<CheckInfo> checks_of(const Lab& lab);

/// Compiles and checks. What does not compile is a result too. Throws MachineError.
LabResult check_variant(const Variant& variant, const RunOptions& options);

}  // namespace ipclab::cli
