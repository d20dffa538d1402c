// What a check and a lab came to. The learner's fault is a Finding (fail), an unfilled body is todo, what the
// machine cannot do is skip, our own fault is error and is never charged to the learner.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "model/event.hpp"
#include "model/finding.hpp"

namespace ipclab {

enum class Status { pass, fail, todo, skip, error };

/// What a check says of itself (the decorators of its TEST_CASE).
struct CheckInfo {
  std::string name;  // a sentence about the correct behaviour
  std::string rule;  // "S3", of the handout's Spec
  int todo = 0;      // the TODO that it is about
  int points = 1;
  std::string needs;   // name of the check that must pass first; empty: none
  bool races = false;  // it watches for races: it needs programs whose accesses are seen
};

struct CheckResult {
  CheckInfo info;
  Status status = Status::error;
  std::optional<Finding> finding;  // fail
  int todo = 0;                    // todo: the TODO that the program came to
  std::string todo_place;          // todo: "pipeline.cpp:31"
  std::string reason;              // skip and error: a sentence
  std::vector<Event> events;
  std::string printed;  // the end of what the learner's programs printed besides the protocol
  std::string room;     // "namespaces" or what is lost without, in one line
  std::chrono::microseconds took{};

  int earned() const { return status == Status::pass ? info.points : 0; }
};

struct LabResult {
  std::string lab;      // "01-pipe"
  std::string variant;  // "" for the learner's own, "solution", "submission", "wrong 02-forgets-unlink"
  bool compiled = true;
  std::string compiler_output;  // when not compiled, or warnings
  std::vector<CheckResult> checks;

  int earned() const;
  int points() const;
  bool all_pass() const;  // compiled, and every check passed
  bool any_error() const;
};

std::string to_string(Status);  // "PASS"

}  // namespace ipclab
