// Owns the record of one run. While it lives, programs that are started with its environment variable write
// into it. One at a time per process: the record has a fixed address. Errors: std::system_error.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/fd.hpp"
#include "race/reader.hpp"

namespace ipclab::race {

class Recording {
 public:
  explicit Recording(std::optional<std::uint64_t> seed = {});
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  /// For the environment of the programs.
  std::pair<std::string, std::string> variable() const;
  int fd() const { return fd_.get(); }
  const Record& record() const { return *race::record(); }
  /// When the programs have ended.
  Reports read() const { return race::read(record()); }

 private:
  Fd fd_;
};

}  // namespace ipclab::race
