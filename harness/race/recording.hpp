// Owns the record of one run. While it lives, programs that are started with its environment variable write
// into it. One at a time per process: the record has a fixed address. Errors: std::system_error.
//
// The programs may write into the record whatever they like; it neither shrinks nor grows, and reading it is
// safe whatever it says.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/fd.hpp"
#include "race/reader.hpp"

namespace ipclab::race {

/// Beside a lab's programs: the directory of the same, such that they can be watched.
inline constexpr char kWatchedPrograms[] = "watched";

class Recording {
 public:
  explicit Recording(std::optional<std::uint64_t> seed = {});
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  /// For the environment of programs that see our /proc.
  std::pair<std::string, std::string> variable() const;
  /// … and of those that inherit the record as this descriptor.
  static std::pair<std::string, std::string> variable(int inherited);
  int fd() const { return fd_.get(); }
  const Record& record() const { return *race::record(); }
  /// Memory that the record takes.
  std::size_t bytes() const;

  /// With a seed: programs that begin wait at the gate while it is closed, so that their order does not
  /// depend on how long each takes to start. Only while none of them runs.
  void close_gate();
  void open_gate();
  /// How many have come to the gate since the beginning; waits for at most so long while there are no more
  /// than `known`.
  unsigned arrived(unsigned known, std::chrono::milliseconds at_most) const;

  /// When the programs have ended, or rest.
  Reports read(const Reading& reading = {}) const { return race::read(record(), reading); }

 private:
  Fd fd_;
};

}  // namespace ipclab::race
