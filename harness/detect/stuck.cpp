#include "detect/stuck.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "detect/knot.hpp"
#include "detect/words.hpp"

namespace ipclab::detect {
namespace {

/// Processes that are stuck and do not only wait for input.
std::vector<const Process*> sufferers(const Knot& knot) {
  auto found = stuck_processes(knot);
  std::erase_if(found, [&](const Process* process) {
    return std::ranges::any_of(
        knot.waiters, [&](const Waiter& waiter) { return waiter.process == process && waiter.idle; });
  });
  return found;
}

/// The one of which the others are forks; nullptr when there is none.
const Process* common_root(const std::vector<const Process*>& processes) {
  const auto is_child = [&](const Process* process) {
    return std::ranges::find(processes, process->parent, &Process::pid) != processes.end();
  };
  const auto root = std::ranges::find_if_not(processes, is_child);
  if (root == processes.end() || !std::all_of(root + 1, processes.end(), is_child)) return nullptr;
  const auto same = [&](const Process* process) { return process->program == (*root)->program; };
  return std::ranges::all_of(processes, same) ? *root : nullptr;
}

/// A program and its forks are spoken of as that program.
std::vector<std::string> names(const Snapshot& snapshot, const Knot& knot) {
  const auto processes = sufferers(knot);
  std::vector<std::string> names;
  if (const Process* root = common_root(processes)) return {root->name};
  for (const Process* process : processes) names.push_back(process->name);
  if (!names.empty()) return names;
  for (const Waiter& waiter : knot.waiters)  // a part of a process
    if (!waiter.idle) names.push_back(who(snapshot, waiter.thread->tid));
  return names;
}

/// Whether one of those who do not wait for input themselves could be woken in the end by one who does.
bool input_could_help(const Knot& knot) {
  std::vector<bool> helped(knot.waiters.size());
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < helped.size(); ++i) {
      if (helped[i]) continue;
      helped[i] = std::ranges::any_of(knot.waiters[i].wakers, [&](std::size_t waker) {
        return knot.waiters[waker].idle || helped[waker];
      });
      changed |= helped[i];
    }
  }
  for (std::size_t i = 0; i < helped.size(); ++i)
    if (helped[i] && !knot.waiters[i].idle) return true;
  return false;
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
  const bool input = input_could_help(knot);
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
