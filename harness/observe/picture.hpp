// The full picture of what a watch has last seen: every process with its objects, each sleeping thread with
// what it waits for, names resolved. Takes some milliseconds, in which the tree may change: the watch looks
// again afterwards.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/snapshot.hpp"
#include "observe/history.hpp"
#include "observe/proc.hpp"
#include "observe/watch.hpp"

namespace ipclab::observe {

/// What the looks have brought.
struct Seen {
  const World& world;
  const std::map<int, RawProcess>& tree;
  const std::map<int, History>& histories;  // by tid: of every thread of the tree
  const std::string& unseen;
};

/// What the threads of a tree, by the numbers that they have in their own pid namespace, are called outside.
/// A thread's numbers never change: they are read once.
class OuterNumbers {
 public:
  std::map<int, int> of(const std::map<int, RawProcess>& tree);

 private:
  std::map<int, std::pair<std::uint64_t, int>> inner_;  // by tid: start time of its process, number inside
};

/// `detailed` are the pids to be described in full; empty: all.
Snapshot picture(const Seen& seen, OuterNumbers& numbers, const std::vector<int>& detailed);

}  // namespace ipclab::observe
