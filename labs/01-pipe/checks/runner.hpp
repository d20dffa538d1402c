// The words that the checks of lab 01-pipe have in common. The runner is judged by its stages, which are
// programs of the machine: cat copies what it reads, so a chain of them shows what the pipes do; sh ends in
// every way that is asked for.
#pragma once

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "check/check.hpp"

using namespace ipclab;
using namespace ipclab::check;

using Words = std::vector<std::string>;

inline const Words kBar = {"|"};

/// pipeline(first, kBar, second, …): the command line of the runner.
template <typename... Parts>
inline Words pipeline(const Parts&... parts) {
  Words line = {"pipeline"};
  (line.insert(line.end(), parts.begin(), parts.end()), ...);
  return line;
}

inline Words shell(const std::string& script) { return {"sh", "-c", script}; }
inline const Words kCat = {"cat"};
inline const Words kCount = {"@count"};

inline Words cats(int stages) {
  Words line = pipeline(kCat);
  for (int i = 1; i < stages; ++i) line.insert(line.end(), {"|", "cat"});
  return line;
}

/// Only the runner and its built-in stage; what the programs of the machine make of faults is not the
/// learner's work.
inline Fault in_runner(Fault fault) {
  fault.program = "pipeline";
  return fault;
}

/// The stages that execute cat, all of them started.
inline std::vector<check::Process> all_cats(const Program& runner, int number) {
  std::vector<check::Process> cats;
  for (int which = number; which > 0; --which) cats.push_back(runner.child("cat", which));
  return cats;
}

inline void must_complain(const Program& runner, const std::string& about) {
  const std::string said = runner.error_output();
  if (said.find(about) != std::string::npos) return;
  fails(
      cause::kWrongOutput,
      about == "\n" ? "a line on standard error" : "a line on standard error that contains \"" + about + "\"",
      said.empty() ? "standard error is empty" : "standard error says: " + said);
}

inline void must_have_only_standard_streams(const check::Process& stage) {
  std::string surplus;
  for (const Descriptor& descriptor : stage.descriptors()) {
    if (descriptor.fd <= STDERR_FILENO) continue;
    surplus += fmt::format("{}{}", surplus.empty() ? "" : ", ", descriptor.fd);
  }
  if (surplus.empty()) return;
  fails(cause::kDescriptorLeak, "every stage has descriptors 0, 1 and 2 open, and no other",
        fmt::format("{} has also {} open", stage.name(), surplus),
        "fork() copies every open descriptor into the child, and exec keeps all that are not marked "
        "close-on-exec.");
}
