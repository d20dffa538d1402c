#include "observe/watch.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>

#include "base/file.hpp"
#include "observe/decode.hpp"
#include "observe/history.hpp"
#include "observe/names.hpp"
#include "observe/objects.hpp"
#include "observe/proc.hpp"
#include "observe/symbols.hpp"

namespace ipclab::observe {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr int kEqualTree = 2;  // looks equal to the one before: three equal looks
constexpr int kEqualProcess = 1;
constexpr std::chrono::milliseconds kNetworkQuiet{
    60};  // softirqs may still deliver what nobody's queue shows
constexpr microseconds kShortestPause{200}, kLongestPause{2000};

/// Calls that a packet under way may end.
bool may_be_network(const RawThread& thread) {
  switch (thread.number) {
    case SYS_poll:
    case SYS_ppoll:
    case SYS_select:
    case SYS_pselect6:
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2:
    case SYS_accept:
    case SYS_accept4:
    case SYS_connect:
    case SYS_sendto:
    case SYS_recvfrom:
    case SYS_sendmsg:
    case SYS_recvmsg:
    case SYS_sendmmsg:
    case SYS_recvmmsg:
      return true;
    default:
      return false;
  }
}

bool equal(const RawProcess& now, const RawProcess& before) {
  if (now.start_time != before.start_time || now.zombie != before.zombie ||
      now.threads.size() != before.threads.size())
    return false;
  for (std::size_t i = 0; i < now.threads.size(); ++i) {
    const RawThread &a = now.threads[i], &b = before.threads[i];
    if (a.tid != b.tid || !a.asleep() || !b.asleep() || a.switches != b.switches || a.state != b.state)
      return false;
  }
  return true;
}

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

}  // namespace

struct Watch::Impl {
  World world;
  std::map<int, RawProcess> tree;                      // of the last look
  std::map<int, int> equal_looks;                      // by pid
  std::map<int, History> histories;                    // by tid
  std::map<int, std::uint64_t> cpu_of_ended;           // threads of a living process that have ended
  std::map<int, std::pair<std::uint64_t, int>> inner;  // by tid: start time of its process, number inside
  std::map<int, std::pair<std::uint64_t, std::string>> names;  // by pid: start time, given
  int equal_tree_looks = 0;
  Clock::time_point last_change = Clock::now();
  std::string unseen;

  std::map<int, RawProcess> collect() const;
  bool network_quiet() const;
  bool end_untold() const;
  std::map<int, int> outer_numbers();
  ipclab::Process describe(const RawProcess& raw, Objects& objects);
  void describe_threads(ipclab::Process& process, const RawProcess& raw, const Context& context);
  Snapshot build(const std::vector<int>& detailed);
  void note_signals(ipclab::Process& process, const RawProcess& raw) const;
};

std::map<int, RawProcess> Watch::Impl::collect() const {
  std::map<int, RawProcess> found;
  std::vector<int> pending(world.roots.begin(), world.roots.end());
  if (world.reaper)
    for (const int child : read_children(world.reaper)) pending.push_back(child);
  for (const auto& [pid, process] : tree) pending.push_back(pid);  // an orphan may have got another parent
  while (!pending.empty()) {
    const int pid = pending.back();
    pending.pop_back();
    if (found.contains(pid) || pid == world.reaper || world.watchers.contains(pid)) continue;
    auto process = read_process(pid);
    if (!process) continue;
    const auto known = tree.find(pid);
    const bool is_root = std::ranges::find(world.roots, pid) != world.roots.end();
    if (known != tree.end() && known->second.start_time != process->start_time && !is_root)
      continue;  // another one
    for (const int child : read_children(pid)) pending.push_back(child);
    found[pid] = std::move(*process);
  }
  return found;
}

Watch::Watch(World world) : impl_(std::make_unique<Impl>()) {
  if (world.watchers.empty()) world.watchers = {::getpid()};
  impl_->world = std::move(world);
}

Watch::~Watch() = default;

void Watch::add_root(int pid) { impl_->world.roots.push_back(pid); }

void Watch::add_network(std::string name, int sock_diag) {
  impl_->world.networks[std::move(name)] = sock_diag;
}

void Watch::look() {
  Impl& w = *impl_;
  auto now_tree = w.collect();
  // A root whose number has passed on after it was reaped must not be taken for it.
  std::erase_if(w.world.roots, [&](int pid) { return !now_tree.contains(pid); });
  const auto now = Clock::now();
  bool all_equal = now_tree.size() == w.tree.size();
  std::map<int, int> equal_looks;
  std::map<int, History> histories;
  for (const auto& [pid, process] : now_tree) {
    const auto before = w.tree.find(pid);
    const bool same = before != w.tree.end() && equal(process, before->second);
    equal_looks[pid] = same ? w.equal_looks[pid] + 1 : 0;
    all_equal = all_equal && same;
    for (const RawThread& thread : process.threads) {
      History& history = histories[thread.tid] = std::move(w.histories[thread.tid]);
      history.add(now, thread);
      if (thread.unreadable && w.unseen.empty())
        w.unseen =
            fmt::format("no permission to look into {} (same user, or kernel.yama.ptrace_scope=0, or root)",
                        process.program);
    }
  }
  w.equal_tree_looks = all_equal ? w.equal_tree_looks + 1 : 0;
  if (!all_equal) w.last_change = now;
  w.tree = std::move(now_tree);
  w.equal_looks = std::move(equal_looks);
  w.histories = std::move(histories);
}

microseconds Watch::pause() const {
  const auto since = std::chrono::duration_cast<microseconds>(Clock::now() - impl_->last_change);
  return std::clamp(since / 8, kShortestPause, kLongestPause);
}

bool Watch::empty() const {
  return std::ranges::all_of(impl_->tree, [](const auto& entry) { return entry.second.zombie; });
}

bool Watch::Impl::network_quiet() const {
  if (Clock::now() - last_change > kNetworkQuiet) return true;
  return std::ranges::none_of(
      tree, [](const auto& entry) { return std::ranges::any_of(entry.second.threads, may_be_network); });
}

/// The parent of a traced process hears of its end (SIGCHLD, wait) only when the tracer has.
bool Watch::Impl::end_untold() const {
  return std::ranges::any_of(tree, [](const auto& entry) {
    return entry.second.zombie && read_status(entry.first)["TracerPid"] != "0";
  });
}

bool Watch::quiet() const {
  return impl_->equal_tree_looks >= kEqualTree && impl_->network_quiet() && !packets_wait_for_delivery();
}

bool Watch::quiet(int pid) const {
  const auto found = impl_->equal_looks.find(pid);
  return found != impl_->equal_looks.end() && found->second >= kEqualProcess;
}

std::map<int, int> Watch::Impl::outer_numbers() {
  std::map<int, int> outer;
  std::map<int, std::pair<std::uint64_t, int>> kept;
  for (const auto& [pid, process] : tree)
    for (const RawThread& thread : process.threads) {
      auto known = inner.find(thread.tid);
      if (known == inner.end() || known->second.first != process.start_time) {
        const auto numbers = read_status(thread.tid)["NSpid"];
        const auto last = numbers.rfind('\t');
        const int number = std::atoi(numbers.c_str() + (last == std::string::npos ? 0 : last + 1));
        known = inner.insert_or_assign(thread.tid, std::pair{process.start_time, number}).first;
      }
      kept.insert(*known);
      outer[known->second.second] = thread.tid;
    }
  inner = std::move(kept);
  return outer;
}

void Watch::Impl::note_signals(ipclab::Process& process, const RawProcess& raw) const {
  auto status = read_status(raw.pid);
  const auto caught = std::strtoull(status["SigCgt"].c_str(), nullptr, 16) |
                      std::strtoull(status["SigBlk"].c_str(), nullptr, 16);
  const auto has = [&](int number) { return caught >> (number - 1) & 1; };
  const auto timers = try_read_file(fmt::format("/proc/{}/timers", raw.pid));
  // An interval timer (setitimer, alarm) shows nowhere in /proc: who catches or blocks its signal may have
  // one.
  process.timer_armed = has(SIGALRM) || (timers && !timers->empty());
  process.signal_may_end_wait = has(SIGCHLD) && std::ranges::any_of(tree, [&](const auto& entry) {
                                  return entry.second.parent == raw.pid && !entry.second.zombie;
                                });
}

ipclab::Process Watch::Impl::describe(const RawProcess& raw, Objects& objects) {
  ipclab::Process process;
  process.pid = raw.pid;
  process.parent = raw.parent;
  process.program = program_of(raw);
  process.zombie = raw.zombie;
  process.activity = raw.zombie ? Activity::exited : Activity::running;
  process.orphan = world.reaper && raw.parent == world.reaper &&
                   std::ranges::find(world.roots, raw.pid) == world.roots.end();
  if (raw.zombie) return process;
  process.descriptors = objects.descriptors(raw.pid);
  note_signals(process, raw);
  for (const RawThread& thread : raw.threads) {
    Thread described;
    described.tid = thread.tid;
    described.switches = thread.switches;
    process.threads.push_back(std::move(described));
  }
  return process;
}

void Watch::Impl::describe_threads(ipclab::Process& process, const RawProcess& raw, const Context& context) {
  for (const RawThread& thread : raw.threads) {
    const auto place = std::ranges::find(process.threads, thread.tid, &Thread::tid);
    const History& history = histories[thread.tid];
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

Snapshot Watch::Impl::build(const std::vector<int>& detailed) {
  Snapshot snapshot;
  snapshot.open_world = world.open_world;
  snapshot.closed_network = world.sock_diag >= 0;
  snapshot.unseen = unseen;
  std::vector<RawProcess> raw;
  for (const auto& [pid, process] : tree) raw.push_back(process);
  std::ranges::sort(raw, {}, [](const RawProcess& p) { return std::pair(p.start_time, p.pid); });
  Objects objects(snapshot, world.watchers, world.sock_diag, world.networks);
  const auto is_detailed = [&](int pid) {
    return detailed.empty() || std::ranges::find(detailed, pid) != detailed.end();
  };
  for (const RawProcess& process : raw) {
    RawProcess shown = process;
    ipclab::Process described;
    if (is_detailed(process.pid)) {
      described = describe(process, objects);
    } else {
      described.pid = process.pid;
      described.parent = process.parent;
      described.program = program_of(process);
      described.zombie = process.zombie;
    }
    snapshot.processes.push_back(std::move(described));
  }
  name_processes(snapshot.processes, world.name_of);
  const auto outer = outer_numbers();
  std::map<int, std::vector<Mapping>> maps;
  const std::function<const std::vector<Mapping>&(int)> maps_of =
      [&](int pid) -> const std::vector<Mapping>& {
    const auto found = maps.find(pid);
    return found != maps.end() ? found->second : maps[pid] = read_maps(pid);
  };
  for (std::size_t i = 0; i < raw.size(); ++i) {
    ipclab::Process& process = snapshot.processes[i];
    if (!is_detailed(process.pid) || process.zombie) continue;
    const Context context{
        snapshot, objects, process, raw, maps_of(process.pid), outer, maps_of, [&](int pid) {
          const ipclab::Process* named = snapshot.find(pid);
          return named ? named->name : std::string("a process");
        }};
    describe_threads(process, raw[i], context);
  }
  objects.join_networks();
  std::set<int> pids;
  for (const RawProcess& process : raw) pids.insert(process.pid);
  if (world.reaper) pids.insert(world.reaper);
  objects.find_outside_holders(pids, world.reaper != 0);
  // Others can hold only what we have handed down, so hold ourselves. To look at every process there is costs
  // milliseconds: only when it matters.
  if (world.reaper && world.outsiders && waits_for_what_watchers_hold(snapshot))
    objects.find_outside_holders(pids, false);
  objects.name_anonymous();
  snapshot.data_in_flight = objects.data_in_flight();
  return snapshot;
}

Snapshot Watch::snapshot() {
  Snapshot snapshot = impl_->build({});
  look();
  snapshot.proved = impl_->equal_tree_looks > kEqualTree && impl_->network_quiet() && impl_->unseen.empty() &&
                    !impl_->end_untold();
  return snapshot;
}

Snapshot Watch::snapshot(int pid) {
  Snapshot snapshot = impl_->build({pid});
  look();
  const auto looks = impl_->equal_looks.find(pid);
  snapshot.proved =
      looks != impl_->equal_looks.end() && looks->second > kEqualProcess && impl_->unseen.empty();
  std::erase_if(snapshot.processes, [&](const ipclab::Process& process) { return process.pid != pid; });
  return snapshot;
}

void Watch::symbolize(Snapshot& snapshot) {
  for (ipclab::Process& process : snapshot.processes) {
    const auto raw = impl_->tree.find(process.pid);
    if (raw == impl_->tree.end() || process.zombie) continue;
    Symbols symbols(process.pid);
    for (Thread& thread : process.threads) {
      const auto found = std::ranges::find(raw->second.threads, thread.tid, &RawThread::tid);
      if (found == raw->second.threads.end() || !found->in_call) continue;
      const CallSite site = symbols.call_site(*found);
      thread.wait.function = site.function;
      thread.wait.where = site.where;
    }
  }
}

microseconds Watch::cpu_time(int pid) const {
  const auto found = impl_->tree.find(pid);
  std::uint64_t ns = 0;
  if (found != impl_->tree.end())
    for (const RawThread& thread : found->second.threads) {
      const auto history = impl_->histories.find(thread.tid);
      ns += thread.cpu_ns -
            (history == impl_->histories.end() ? thread.cpu_ns : history->second.first_cpu_ns());
    }
  return microseconds(ns / 1000);
}

std::size_t Watch::private_memory() const {
  std::size_t bytes = 0;
  for (const auto& [pid, process] : impl_->tree) bytes += read_private_memory(pid);
  return bytes;
}

}  // namespace ipclab::observe
