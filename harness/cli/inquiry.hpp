// Watches a tree of processes until something can be said of it for good: the loop behind `ipclab why`.
// Owns nothing of the tree.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "detect/verdict.hpp"
#include "model/snapshot.hpp"
#include "observe/watch.hpp"

namespace ipclab::cli {

struct Answer {
  detect::Verdict verdict;
  Snapshot snapshot;
};

class Inquiry {
 public:
  /// `outsiders_may_act`: what only a process outside the tree could end may still end, and is waited for.
  Inquiry(observe::World world, bool outsiders_may_act);

  /// Looks until something is proved that stays so (stuck, waiting for input), until the time is up (then:
  /// what it is like by now), or until `over()` (nothing). `wake_fd`: readable when that may have become
  /// true; -1: none.
  std::optional<Answer> ask(std::chrono::steady_clock::time_point until, int wake_fd,
                            const std::function<bool()>& over);

  /// With lines of source and functions of the library. They cost some 10 ms: only for what is told, and
  /// while the processes are there.
  Answer explained(Answer answer);

  observe::Watch& watch() { return watch_; }

 private:
  bool lasts(const Answer& answer) const;
  Answer now();
  Answer at_the_end();

  observe::Watch watch_;
  bool outsiders_may_act_;
};

}  // namespace ipclab::cli
