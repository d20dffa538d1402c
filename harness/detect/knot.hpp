// A knot: the stuck threads of a snapshot, who waits for whom among them, and where the fault lies: the
// cause, and the thread in whose wait it shows. Internal to detect/. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "detect/stuck.hpp"
#include "model/snapshot.hpp"

namespace ipclab::detect {

/// One stuck thread.
struct Waiter {
  const Process* process = nullptr;
  const Thread* thread = nullptr;
  std::vector<WaitEdge> edges;      // one for each target
  std::vector<std::size_t> wakers;  // other members of the knot that could end the wait
  bool idle = false;                // waits for input from whoever watches, and the watcher waits too
  std::size_t component = 0;        // equal: each can be reached from the other
};

struct Knot {
  const Snapshot* snapshot = nullptr;
  std::vector<Waiter> waiters;
  bool empty() const { return waiters.empty(); }
};

/// Where the fault lies.
struct Diagnosis {
  std::string cause;
  const Waiter* waiter = nullptr;
  const WaitEdge* edge = nullptr;    // the wait in question
  std::vector<const Waiter*> cycle;  // lock cycles: the members, each waits for a lock of the next
};

Knot knot_of(const Snapshot& snapshot);

/// Processes all of whose threads are in the knot.
std::vector<const Process*> stuck_processes(const Knot& knot);

bool everybody_is_stuck(const Knot& knot);

/// The innermost cause: only threads count whose waits lead to nobody outside their circle. Nothing when
/// every member only waits for input. `subject`: only what this process's waits lead to; 0: all.
std::optional<Diagnosis> diagnose(const Knot& knot, int subject = 0);

/// "alice and bob are still running, and nothing can wake them"
std::string still_running(const Snapshot& snapshot, const Knot& knot);

/// "bob waits for input and carol waits for a message": why those who could end this wait do not.
std::string excuses(const Knot& knot, const Waiter& waiter);

/// Why the wait can never end, in one to three sentences.
std::string because(const Knot& knot, const Diagnosis& diagnosis);

/// Where to read on.
std::vector<std::string> pages(const Diagnosis& diagnosis, const Snapshot& snapshot);

}  // namespace ipclab::detect
