// What the running check has come to so far. One check per process, so there is one.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "model/result.hpp"

namespace ipclab::check {

/// Thrown to leave a check whose outcome is settled. Not a std::exception: nothing else may catch it by
/// accident.
struct CheckEnded {};

class Outcome {
 public:
  /// The first finding counts; what comes after it is mostly its consequence.
  void fail(Finding finding);
  /// Something proved is behind the finding: it takes its place.
  void explain(Finding cause);
  /// … and a way to have the same again is added to it.
  void replays_with(std::string command);
  void reached_todo(int todo, std::string place);
  void skip(std::string reason);
  void error(std::string reason);

  /// Evidence that came to light when the finding was made already; none where nothing has failed.
  void adds(Row row);
  void log(std::string who, std::string what);
  void printed(std::string text) { result_.printed += std::move(text); }
  void room(std::string description) { result_.room = std::move(description); }

  bool settled() const { return settled_; }
  bool failed() const { return settled_ && result_.status == Status::fail; }
  /// Which check this is.
  void begins(std::string name) { result_.info.name = std::move(name); }
  const std::string& check() const { return result_.info.name; }
  const std::optional<Finding>& finding() const { return result_.finding; }
  /// The result, with `info` and the time it took filled in; pass when nothing else was said.
  CheckResult result(const CheckInfo& info) const;

 private:
  void settle(Status status) {
    settled_ = true;
    result_.status = status;
  }

  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool settled_ = false;
  CheckResult result_;
};

Outcome& outcome();

/// Records the finding and leaves the check.
[[noreturn]] void end_with(Finding finding);

}  // namespace ipclab::check
