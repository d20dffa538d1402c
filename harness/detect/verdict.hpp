// `ipclab why`: a tree of processes in one sentence and a graph. Pure.
#pragma once

#include <string>
#include <vector>

#include "model/finding.hpp"
#include "model/snapshot.hpp"

namespace ipclab::detect {

struct Verdict {
  enum class Kind { stuck, waiting_for_input, sleeping, polling, spinning, running, ended };
  Kind kind{};
  int exit_code = 0;  // ended: as a shell would say it (128 + signal)
  std::string sentence;
  std::vector<Row> graph;  // who waits for what, and who could end it
  std::string because;     // stuck: the proof
  std::string cause;       // stuck: of cause.hpp

  bool stuck() const { return kind == Kind::stuck; }
  /// "STUCK: sentence", "ENDED 3: sentence": the first line, for scripts.
  std::string first_line() const;
};

/// The most telling state of the whole tree: anyone running makes it running; else spinning, polling; then
/// stuck if proved for everybody; waiting for input if that would wake somebody; else sleeping.
Verdict verdict(const Snapshot& snapshot);

}  // namespace ipclab::detect
