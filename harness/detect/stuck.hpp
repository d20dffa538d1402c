// Who can never be woken: the greatest set of waiting threads in which every wait could only be ended by a
// member of the set. Pure: values in, values out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/finding.hpp"
#include "model/snapshot.hpp"

namespace ipclab::detect {

/// One edge of the wait-for graph, in words.
struct WaitEdge {
  int pid = 0, tid = 0;
  Target target;
  std::vector<int> wakers;  // threads (in the tree) that could end this wait
  bool by_watcher = false;  // … or input from whoever watches
  bool by_outside = false;  // … or a process outside the tree
  bool by_itself = false;   // … or time, a pending timer, data in flight
};

std::vector<WaitEdge> wait_edges(const Snapshot& snapshot);

/// Threads that can never be woken; empty unless snapshot.proved.
std::vector<int> stuck_threads(const Snapshot& snapshot);

/// The finding for stuck threads: cause, table of who waits for what and who could end it, because.
/// `expected` is left empty: the check knows what it expected. Nothing when no process is stuck, and nothing
/// when all that can be said is that everybody waits for input that the watcher does not give. With
/// `everybody` only a tree in which nobody can go on counts; otherwise a stuck process is enough. With
/// `subject` (a pid) the cause is looked for only where that process's waits lead, itself included.
std::optional<Finding> stuck(const Snapshot& snapshot, bool everybody = true, int subject = 0);

/// The rows "who  waits for what  how" for every living process, and one for each object that is waited for.
std::vector<Row> wait_table(const Snapshot& snapshot);

}  // namespace ipclab::detect
