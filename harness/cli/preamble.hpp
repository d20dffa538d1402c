// The #include lines that a source begins with, compiled before it: that halves the time of compiling the
// rest. Only those are taken that learners are given, with the headers that they are given, so that one is
// kept for each file that they are given, at some 50 MB, however many submissions there are.
#pragma once

#include <string>
#include <vector>

#include "cli/variant.hpp"
#include "cli/workshop.hpp"

namespace ipclab::cli {

/// Those lines of a source, and nothing else. They end where there is anything but #include, blank lines and
/// // comments: what follows may depend on it.
std::string preamble_of(const std::string& source);

/// Of one source of a variant, in one kind.
class Preamble {
 public:
  Preamble(const Variant& variant, Kind kind, const std::string& source);

  /// For the compiler; none when there is none.
  std::vector<std::string> arguments_to_use(const Workshop& workshop) const;

  bool is_wanted() const { return state_ == State::wanted; }
  const std::string& key() const { return key_; }
  /// Makes it in the workshop's output.
  CompilerJob job_to_make(const Workshop& workshop) const;
  /// Puts it from there among those that are kept.
  void keep_from(const Workshop& workshop) const;

 private:
  enum class State { none, wanted, kept };

  Kind kind_;
  std::string text_, key_;  // the key of compilation.hpp
  State state_ = State::none;
};

}  // namespace ipclab::cli
