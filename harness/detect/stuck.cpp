#include "detect/stuck.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "detect/knot.hpp"
#include "detect/words.hpp"

namespace ipclab::detect {
namespace {

/// Several processes of one program are spoken of as that program.
std::vector<std::string> names(const Snapshot& snapshot, const Knot& knot) {
  std::vector<std::string> names, programs;
  for (const Process* process : stuck_processes(knot)) {
    const bool idle = std::ranges::any_of(
        knot.waiters, [&](const Waiter& waiter) { return waiter.process == process && waiter.idle; });
    if (idle) continue;
    names.push_back(process->name);
    programs.push_back(process->program);
  }
  const bool one_program = std::ranges::adjacent_find(programs, std::not_equal_to<>()) == programs.end();
  if (names.size() > 1 && one_program && !programs.front().empty()) return {programs.front()};
  if (!names.empty()) return names;
  for (const Waiter& waiter : knot.waiters)  // a part of a process
    if (!waiter.idle) names.push_back(who(snapshot, waiter.thread->tid));
  return names;
}

}  // namespace

bool everybody_is_stuck(const Knot& knot) {
  std::size_t living = 0;
  for (const Process& process : knot.snapshot->processes)
    if (!ended(process)) living += process.threads.size();
  return living == knot.waiters.size();
}

std::string still_running(const Snapshot& snapshot, const Knot& knot) {
  const auto all = names(snapshot, knot);
  const bool several = all.size() > 1;
  const bool input = std::ranges::any_of(knot.waiters, &Waiter::idle);
  return fmt::format("{} {} still running, and nothing {} wake {}", enumeration(all), several ? "are" : "is",
                     input ? "but more input could" : "can", several ? "them" : "it");
}

std::optional<Finding> stuck(const Snapshot& snapshot, bool everybody, int subject) {
  const Knot knot = knot_of(snapshot);
  if (knot.empty() || (everybody && !everybody_is_stuck(knot))) return std::nullopt;
  if (!everybody && stuck_processes(knot).empty()) return std::nullopt;
  const auto diagnosis = diagnose(knot, subject);
  if (!diagnosis) return std::nullopt;
  return Finding{diagnosis->cause,
                 "",
                 still_running(snapshot, knot),
                 wait_table(snapshot),
                 because(knot, *diagnosis),
                 pages(*diagnosis, snapshot)};
}

}  // namespace ipclab::detect
