// What a run's record says, as values: no addresses, no indices.
#pragma once

#include <functional>
#include <optional>
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
  /// Of who waits for a signal: the last one, when it found nobody waiting.
  struct Unheard {
    std::string object, who;  // "condition /queue+0x28"
    Place place;
  };
  std::optional<Unheard> unheard;
  /// The innermost place that is not the standard library's.
  const Place& place() const;
};

/// A load that came before an earlier store of the same task could be seen, and somebody did not see it.
struct Reordered {
  std::string who;
  Place store, load, missed;
};

struct Report {
  Fault fault{};
  std::string where;     // "/counter+0x10"
  std::string variable;  // "queue->head", where that is known
  std::string object;    // of a misuse: "mutex"
  Place mapped_at, made_at;
  Side one, two;
  std::optional<Reordered> reordered;
  std::vector<Side> waiting;  // of a run that is stuck: everybody, and where
  std::size_t step = 0;       // of the schedule, when it was found
  bool own_copies = false;    // both hold "the same" lock, but each its own copy
};

/// What a task was about to do when the scheduler let it go on.
struct Scheduled {
  std::string who, what;
  Place place;
};

struct Reports {
  std::vector<Scheduled> schedule;  // under the scheduler: the last decisions before the first report
  std::vector<Report> all;          // one per pair of lines, in the order in which they were found
  bool complete = true;             // false: more may have happened than was seen
  std::string limit;                // then: what there was too much of
  int processes = 0;                // programs and their children that were seen
};

/// Names of the steps of a schedule are only looked up for the last ones before something was found.
inline constexpr std::size_t kStepsShown = 24;

/// What the record itself does not know.
struct Reading {
  /// What to call the program that has this number in its own pid namespace; "": by its file.
  std::function<std::string(int)> name_of;
  /// Opens a program's file by the path that the program knew; none: here.
  FileOpener open;
};

/// The programs have ended, or rest. The record may say anything: it was in the programs' hands.
Reports read(const Record& record, const Reading& reading = {});

}  // namespace ipclab::race
