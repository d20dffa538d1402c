// What a program should not leave: IPC objects, files, descriptors, zombies, orphans. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/finding.hpp"
#include "model/ledger.hpp"
#include "model/snapshot.hpp"

namespace ipclab::detect {

/// Objects and files in `now` that were not in `before` and are not among `kept` (names).
std::vector<Finding> left_behind(const Ledger& before, const Ledger& now,
                                 const std::vector<std::string>& kept);

/// Ended children that a living parent has not waited for.
std::vector<Finding> zombies(const Snapshot& snapshot);

/// Descriptors of `process` beyond those in `allowed` (fd numbers).
std::optional<Finding> leaked_descriptors(const Snapshot& snapshot, int pid, const std::vector<int>& allowed);

}  // namespace ipclab::detect
