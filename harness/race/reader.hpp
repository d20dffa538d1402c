// What a run's record says, as values: no addresses, no indices.
#pragma once

#include <string>
#include <vector>

#include "race/symbols.hpp"

namespace ipclab::race {

/// A thread of a process, as a person would call it: "counter", "counter, child 2", "counter, thread 1".
struct Side {
  std::string who;
  std::vector<Place> stack;  // innermost first
  std::string how;           // "writes 4 bytes", "reads 8 bytes, atomic"
  struct Held {
    std::string lock;  // "mutex /queue+0x0"
    Place since;
  };
  std::vector<Held> holds;
  /// The innermost place that is not the standard library's.
  const Place& place() const;
};

struct Report {
  Fault fault{};
  std::string where;   // "/counter+0x10"
  std::string object;  // of a misuse: "mutex"
  Place mapped_at, made_at;
  Side one, two;
  bool own_copies = false;  // both hold "the same" lock, but each its own copy
};

struct Reports {
  std::vector<Report> all;  // one per pair of lines, in the order in which they were found
  bool complete = true;     // a table was full: more may have happened than was seen
  int processes = 0;        // programs and their children that were seen
};

/// The programs have ended.
Reports read(const Record& record);

}  // namespace ipclab::race
