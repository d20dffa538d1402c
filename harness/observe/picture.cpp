#include "observe/picture.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>

#include "base/file.hpp"
#include "observe/decode.hpp"
#include "observe/names.hpp"
#include "observe/objects.hpp"

namespace ipclab::observe {
namespace {

Activity liveliest(const std::vector<Thread>& threads) {
  for (const Activity activity : {Activity::running, Activity::spinning, Activity::polling,
                                  Activity::sleeping, Activity::blocked, Activity::stopped})
    if (std::ranges::find(threads, activity, &Thread::activity) != threads.end()) return activity;
  return Activity::running;
}

bool waits_for_what_watchers_hold(const Snapshot& snapshot) {
  for (const ipclab::Process& process : snapshot.processes)
    for (const Thread& thread : process.threads)
      for (const Target& target : thread.wait.any_of) {
        if (target.object < 0) continue;
        const Object& object = snapshot.objects[static_cast<std::size_t>(target.object)];
        if (object.watcher_reads || object.watcher_writes) return true;
      }
  return false;
}

std::string program_of(const RawProcess& process) {
  constexpr std::size_t kCommLength = 15;  // TASK_COMM_LEN - 1: a longer name has been cut
  if (process.program.size() < kCommLength) return process.program;
  std::error_code error;
  const auto path = std::filesystem::read_symlink(fmt::format("/proc/{}/exe", process.pid), error);
  return error ? process.program : path.filename().string();
}

/// While a program ends or is replaced it may sleep for a moment (memory to be freed, a page to be read), but
/// never until somebody acts.
bool ends_by_itself(const RawThread& thread) {
  if (!thread.in_call) return false;
  return thread.number == SYS_exit_group || thread.number == SYS_exit || thread.number == SYS_execve ||
         thread.number == SYS_execveat;
}

class Picture {
 public:
  Picture(const Seen& seen, const std::vector<int>& detailed);
  Snapshot taken(OuterNumbers& numbers);

 private:
  bool is_detailed(int pid) const {
    return detailed_.empty() || std::ranges::find(detailed_, pid) != detailed_.end();
  }
  ipclab::Process describe(const RawProcess& raw);
  void note_signals(ipclab::Process& process, const RawProcess& raw) const;
  void describe_waits(const std::map<int, int>& outer);
  void describe_threads(ipclab::Process& process, const RawProcess& raw, const Context& context) const;
  void find_outside_holders();

  const Seen& seen_;
  const std::vector<int>& detailed_;
  std::vector<RawProcess> raw_;  // oldest first
  Snapshot snapshot_;
  Objects objects_;
};

Picture::Picture(const Seen& seen, const std::vector<int>& detailed)
    : seen_(seen),
      detailed_(detailed),
      objects_(snapshot_, seen.world.watchers, seen.world.sock_diag, seen.world.networks) {
  for (const auto& [pid, process] : seen.tree) raw_.push_back(process);
  std::ranges::sort(raw_, {}, [](const RawProcess& p) { return std::pair(p.start_time, p.pid); });
  snapshot_.open_world = seen.world.open_world;
  snapshot_.closed_network = seen.world.sock_diag >= 0;
  snapshot_.unseen = seen.unseen;
}

Snapshot Picture::taken(OuterNumbers& numbers) {
  for (const RawProcess& process : raw_) snapshot_.processes.push_back(describe(process));
  name_processes(snapshot_.processes, seen_.world.name_of);
  describe_waits(numbers.of(seen_.tree));
  objects_.join_networks();
  find_outside_holders();
  objects_.name_anonymous();
  snapshot_.data_in_flight = objects_.data_in_flight();
  return std::move(snapshot_);
}

ipclab::Process Picture::describe(const RawProcess& raw) {
  ipclab::Process process;
  process.pid = raw.pid;
  process.parent = raw.parent;
  process.program = program_of(raw);
  process.zombie = raw.zombie;
  if (!is_detailed(raw.pid)) return process;
  process.activity = raw.zombie ? Activity::exited : Activity::running;
  process.orphan = seen_.world.reaper && raw.parent == seen_.world.reaper &&
                   std::ranges::find(seen_.world.roots, raw.pid) == seen_.world.roots.end();
  if (raw.zombie) return process;
  process.descriptors = objects_.descriptors(raw.pid);
  note_signals(process, raw);
  for (const RawThread& thread : raw.threads) {
    Thread described;
    described.tid = thread.tid;
    described.switches = thread.switches;
    process.threads.push_back(std::move(described));
  }
  return process;
}

void Picture::note_signals(ipclab::Process& process, const RawProcess& raw) const {
  auto status = read_status(raw.pid);
  const auto caught = std::strtoull(status["SigCgt"].c_str(), nullptr, 16) |
                      std::strtoull(status["SigBlk"].c_str(), nullptr, 16);
  const auto has = [&](int number) { return caught >> (number - 1) & 1; };
  const auto timers = try_read_file(fmt::format("/proc/{}/timers", raw.pid));
  // An interval timer (setitimer, alarm) shows nowhere in /proc: who catches or blocks its signal may have
  // one.
  process.timer_armed = has(SIGALRM) || (timers && !timers->empty());
  process.signal_may_end_wait = has(SIGCHLD) && std::ranges::any_of(seen_.tree, [&](const auto& entry) {
                                  return entry.second.parent == raw.pid && !entry.second.zombie;
                                });
}

void Picture::describe_waits(const std::map<int, int>& outer) {
  std::map<int, std::vector<Mapping>> maps;
  const std::function<const std::vector<Mapping>&(int)> maps_of =
      [&](int pid) -> const std::vector<Mapping>& {
    const auto found = maps.find(pid);
    return found != maps.end() ? found->second : maps[pid] = read_maps(pid);
  };
  const auto name_of = [&](int pid) {
    const ipclab::Process* named = snapshot_.find(pid);
    return named ? named->name : std::string("a process");
  };
  for (std::size_t i = 0; i < raw_.size(); ++i) {
    ipclab::Process& process = snapshot_.processes[i];
    if (!is_detailed(process.pid) || process.zombie) continue;
    describe_threads(process, raw_[i],
                     {snapshot_, objects_, process, raw_, maps_of(process.pid), outer, maps_of, name_of});
  }
}

void Picture::describe_threads(ipclab::Process& process, const RawProcess& raw,
                               const Context& context) const {
  for (const RawThread& thread : raw.threads) {
    const auto place = std::ranges::find(process.threads, thread.tid, &Thread::tid);
    const History& history = seen_.histories.at(thread.tid);
    if (thread.state == 'T') {
      place->activity = Activity::stopped;
    } else if (thread.state == 't') {
      place->activity =
          Activity::running;  // its tracer decides how it goes on: a fault of ours, or a debugger
    } else if (ends_by_itself(thread)) {
      place->activity = Activity::running;
    } else if (!thread.asleep()) {
      place->activity = history.awake(thread);
    } else if (thread.in_call) {
      place->wait = decode_wait(context, thread);
      const bool repeats = history.wakes_again_and_again() && place->wait.time_out_seconds.value_or(2) <= 1;
      place->activity = repeats                    ? Activity::polling
                        : only_sleeps(place->wait) ? Activity::sleeping
                                                   : Activity::blocked;
    }
  }
  if (!process.zombie) process.activity = liveliest(process.threads);
}

void Picture::find_outside_holders() {
  std::set<int> pids;
  for (const RawProcess& process : raw_) pids.insert(process.pid);
  const World& world = seen_.world;
  if (world.reaper) pids.insert(world.reaper);
  objects_.find_outside_holders(pids, world.reaper != 0);
  // Others can hold only what we have handed down, so hold ourselves. To look at every process there is costs
  // milliseconds: only when it matters.
  if (world.reaper && world.outsiders && waits_for_what_watchers_hold(snapshot_))
    objects_.find_outside_holders(pids, false);
}

}  // namespace

std::map<int, int> OuterNumbers::of(const std::map<int, RawProcess>& tree) {
  std::map<int, int> outer;
  std::map<int, std::pair<std::uint64_t, int>> kept;
  for (const auto& [pid, process] : tree)
    for (const RawThread& thread : process.threads) {
      auto known = inner_.find(thread.tid);
      if (known == inner_.end() || known->second.first != process.start_time) {
        const auto numbers = read_status(thread.tid)["NSpid"];
        const auto last = numbers.rfind('\t');
        const int number = std::atoi(numbers.c_str() + (last == std::string::npos ? 0 : last + 1));
        known = inner_.insert_or_assign(thread.tid, std::pair{process.start_time, number}).first;
      }
      kept.insert(*known);
      outer[known->second.second] = thread.tid;
    }
  inner_ = std::move(kept);
  return outer;
}

Snapshot picture(const Seen& seen, OuterNumbers& numbers, const std::vector<int>& detailed) {
  return Picture(seen, detailed).taken(numbers);
}

}  // namespace ipclab::observe
