#include "observe/watch.hpp"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>

#include "observe/history.hpp"
#include "observe/picture.hpp"
#include "observe/proc.hpp"
#include "observe/sockets.hpp"
#include "observe/symbols.hpp"

namespace ipclab::observe {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr int kEqualTree = 2;  // looks equal to the one before: three equal looks
constexpr int kEqualProcess = 1;
constexpr std::chrono::milliseconds kNetworkQuiet{
    60};  // softirqs may still deliver what nobody's queue shows
constexpr microseconds kShortestPause{200}, kLongestPause{2000}, kNetworkPause{8000};

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

}  // namespace

struct Watch::Impl {
  World world;
  std::map<int, RawProcess> tree;    // of the last look
  std::map<int, int> equal_looks;    // by pid
  std::map<int, History> histories;  // by tid
  OuterNumbers numbers;
  int equal_tree_looks = 0;
  Clock::time_point last_change = Clock::now();
  std::string unseen;

  std::map<int, RawProcess> collect() const;
  bool network_quiet() const;
  bool end_untold() const;
  Snapshot taken(const std::vector<int>& detailed) {
    return picture({world, tree, histories, unseen}, numbers, detailed);
  }
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
  // Everybody sleeps, and only the network is waited for: a look at the tree would tell nothing new.
  if (impl_->equal_tree_looks >= kEqualTree && !impl_->network_quiet())
    return std::clamp<microseconds>(kNetworkQuiet - since, kShortestPause, kNetworkPause);
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

Snapshot Watch::snapshot() {
  Snapshot snapshot = impl_->taken({});
  look();
  snapshot.proved = impl_->equal_tree_looks > kEqualTree && impl_->network_quiet() && impl_->unseen.empty() &&
                    !impl_->end_untold();
  return snapshot;
}

Snapshot Watch::snapshot(int pid) {
  Snapshot snapshot = impl_->taken({pid});
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
