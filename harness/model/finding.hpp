// One thing that is wrong with a learner's program, in the words that the learner reads.
#pragma once

#include <string>
#include <vector>

namespace ipclab {

/// "who  does what  how": one line of the table under "observed".
struct Row {
  std::string who, what, how;
  bool operator==(const Row&) const = default;
};

struct Finding {
  /// A stable name for the cause, of the list in cause.hpp: what scripts and the matrix compare.
  std::string cause;
  std::string expected;           // a sentence: what a correct program does
  std::string observed;           // a sentence: what this one did
  std::vector<Row> table;         // the evidence
  std::string because;            // the proved reason; empty where nothing was proved
  std::vector<std::string> next;  // where to read on: "pipe(7), \"I/O on pipes and FIFOs\""; or how to have
                                  // the same again: "ipclab check 14-… --schedule 3 -v"
  bool operator==(const Finding&) const = default;
};

}  // namespace ipclab
