// The edges of the wait-for graph: for every wait, who could end it. In doubt somebody could: an edge too
// many costs an explanation, an edge too few would be a false alarm.

#include <algorithm>

#include "detect/holders.hpp"
#include "detect/stuck.hpp"
#include "detect/words.hpp"

namespace ipclab::detect {
namespace {

/// Ended by what somebody gives (data, a message, a post), not by what somebody takes (room).
bool is_gift(Need need) { return need != Need::space && need != Need::room; }

class EdgeMaker {
 public:
  EdgeMaker(const Snapshot& snapshot, const Process& process, const Thread& thread, const Target& target)
      : snapshot_(snapshot), process_(process), thread_(thread), target_(target) {
    edge_.pid = process.pid;
    edge_.tid = thread.tid;
    edge_.target = target;
  }

  WaitEdge make() {
    // The handler of a timer's signal may do anything, so it counts for every call.
    edge_.by_itself = thread_.wait.time_out_seconds.has_value() || process_.timer_armed;
    if (process_.signal_may_end_wait) others_of_tree();
    if (thread_.wait.through_epoll) others_of(process_);
    if (const Object* object = object_of(snapshot_, target_)) by_object(*object);
    else edge_.by_outside = true;
    sort_wakers();
    return std::move(edge_);
  }

 private:
  void by_object(const Object& object) {
    switch (object.kind) {
      case ObjectKind::pipe:
      case ObjectKind::fifo:
        return pipe(object);
      case ObjectKind::posix_queue:
      case ObjectKind::sysv_queue:
      case ObjectKind::sysv_semaphore:
        return named(object);
      case ObjectKind::mutex:
      case ObjectKind::rwlock:
        return object.owner || object.owner_dead ? owned(object) : mapped(object);
      case ObjectKind::semaphore:
        return object.name.starts_with("sem /") ? named(object) : mapped(object);
      case ObjectKind::condition:
      case ObjectKind::barrier:
      case ObjectKind::futex:
        return mapped(object);
      case ObjectKind::file_lock:
        return file_lock(object);
      case ObjectKind::child:
        return child(object);
      case ObjectKind::thread:
        return joined_thread(object);
      case ObjectKind::signal:
      case ObjectKind::signalfd:
        return named(object);
      case ObjectKind::unix_socket:
      case ObjectKind::tcp_socket:
      case ObjectKind::udp_socket:
      case ObjectKind::raw_socket:
        return socket(object);
      case ObjectKind::eventfd:
        flags(object);
        return threads_of(holders(snapshot_, target_.object, End::any));
      case ObjectKind::terminal:
        flags(object);
        edge_.by_watcher = true;
        return threads_of(peer_holders(snapshot_, object));
      case ObjectKind::timerfd:
        edge_.by_itself = true;
        return;
      case ObjectKind::file:
      case ObjectKind::epoll:
      case ObjectKind::shared_memory:
      case ObjectKind::other:
        edge_.by_outside = true;
        return;
    }
  }

  void pipe(const Object& object) {
    flags(object);
    if (object.kind ==
        ObjectKind::fifo) {  // whoever knows the name may open it, and write, or open the other side
      others_of_tree();
      edge_.by_outside |= snapshot_.open_world;
      if (target_.need == Need::partner) return;
    }
    const auto found = enders(snapshot_, target_);
    threads_of(found);
    // End-of-file or EPIPE: the call is about to return.
    if (found.empty() && !edge_.by_watcher && !edge_.by_outside) edge_.by_itself = true;
  }

  /// What any process can reach by its name or number.
  void named(const Object& object) {
    flags(object);
    others_of_tree();
    edge_.by_outside |= snapshot_.open_world;
  }

  /// What lives in memory: reached by those who have mapped it.
  void mapped(const Object& object) {
    others_of(process_);
    if (target_.within_process) return;
    flags(object);
    edge_.by_outside |= object.shared && snapshot_.open_world;
    for (const int pid : object.mapped_by)
      if (const Process* process = snapshot_.find(pid)) others_of(*process);
  }

  void owned(const Object& object) {
    const Process* owner = object.owner ? snapshot_.find_by_thread(*object.owner) : nullptr;
    if (object.owner_dead && object.shared && snapshot_.open_world)
      edge_.by_outside = true;  // or only not seen
    else if (object.owner_dead || (owner && ended(*owner))) edge_.by_itself |= object.robust;
    else if (target_.within_process && owner != &process_) return;  // its unlock wakes nobody here
    else if (!owner) edge_.by_outside = true;
    else waker(*object.owner);
  }

  /// A lock of flock(2) goes with the open file, which a fork copies: it may outlive its owner.
  void file_lock(const Object& object) {
    flags(object);
    const Process* owner = object.owner ? process_of(*object.owner) : nullptr;
    if (owner && !ended(*owner)) {
      others_of(*owner);
      return threads_of(holders(snapshot_, target_.object, End::any));
    }
    others_of_tree();
    edge_.by_outside |= snapshot_.open_world || (object.owner && !object.owner_dead && !owner);
  }

  void child(const Object& object) {
    if (object.owner) return exit_of(process_of(*object.owner));
    bool any = false;
    for (const Process& process : snapshot_.processes)
      if (process.parent == process_.pid) exit_of(&process), any = true;
    if (!any) edge_.by_outside = true;
  }

  void exit_of(const Process* process) {
    if (!process) edge_.by_outside = true;
    else if (ended(*process)) edge_.by_itself = true;
    else others_of(*process);
  }

  void joined_thread(const Object& object) {
    if (!object.owner) return others_of(process_);
    if (std::ranges::find(process_.threads, *object.owner, &Thread::tid) == process_.threads.end())
      edge_.by_itself = true;
    else waker(*object.owner);
  }

  void socket(const Object& object) {
    flags(object);
    edge_.by_itself |= snapshot_.data_in_flight;
    if (object.listening || object.kind == ObjectKind::unix_socket) {
      if (object.listening || object.peer.empty()) return named(object);
    } else if (object.kind != ObjectKind::tcp_socket) {  // datagrams may come from anywhere
      edge_.by_outside |= !snapshot_.closed_network;
      return named(object);
    } else if (object.peer.empty()) {  // the other end is on another machine, or about to be told
      edge_.by_outside = true;
      return;
    }
    const auto peers = peer_holders(snapshot_, object);
    threads_of(peers);
    // shutdown(2) through a copy of the waiter's own end.
    threads_of(holders(snapshot_, target_.object, End::any));
    if (!peers.empty() || edge_.by_watcher || edge_.by_outside) return;
    const bool known =
        std::ranges::find(snapshot_.objects, object.peer, &Object::identity) != snapshot_.objects.end();
    // A connection that nobody has accepted yet; elsewhere its holder may be one whom we may not look into.
    if (known || snapshot_.closed_network) others_of_tree();
    else edge_.by_outside = true;
  }

  /// The watcher is also outside: what it alone holds open is input, nothing else.
  void flags(const Object& object) {
    const bool gives = target_.need == Need::partner || is_gift(target_.need);
    const bool takes = target_.need == Need::partner || !is_gift(target_.need);
    const bool watcher = (gives && object.watcher_writes) || (takes && object.watcher_reads);
    edge_.by_watcher |= watcher;
    edge_.by_outside |= !watcher && ((gives && object.outside_writes) || (takes && object.outside_reads));
  }

  const Process* process_of(int thread) const {
    const Process* process = snapshot_.find_by_thread(thread);
    return process ? process : snapshot_.find(thread);
  }

  void waker(int tid) {
    if (tid != thread_.tid) edge_.wakers.push_back(tid);
  }
  void others_of(const Process& process) {
    if (ended(process)) return;
    for (const Thread& thread : process.threads) waker(thread.tid);
  }
  void threads_of(const std::vector<Holder>& holders) {
    for (const Holder& holder : holders) others_of(*holder.process);
  }
  void others_of_tree() {
    for (const Process& process : snapshot_.processes) others_of(process);
  }

  void sort_wakers() {
    std::ranges::sort(edge_.wakers);
    edge_.wakers.erase(std::unique(edge_.wakers.begin(), edge_.wakers.end()), edge_.wakers.end());
  }

  const Snapshot& snapshot_;
  const Process& process_;
  const Thread& thread_;
  const Target& target_;
  WaitEdge edge_;
};

/// A living process whose threads could not be read may do anything.
bool has_dark_process(const Snapshot& snapshot) {
  return std::ranges::any_of(
      snapshot.processes, [](const Process& process) { return !ended(process) && process.threads.empty(); });
}

}  // namespace

std::vector<WaitEdge> wait_edges(const Snapshot& snapshot) {
  const bool dark = has_dark_process(snapshot);
  std::vector<WaitEdge> edges;
  for (const Process& process : snapshot.processes) {
    if (ended(process)) continue;
    for (const Thread& thread : process.threads) {
      if (thread.activity != Activity::blocked) continue;
      static const std::vector<Target> kUnknown = {Target{}};
      for (const Target& target : thread.wait.any_of.empty() ? kUnknown : thread.wait.any_of) {
        edges.push_back(EdgeMaker(snapshot, process, thread, target).make());
        edges.back().by_outside |= dark;
      }
    }
  }
  return edges;
}

std::vector<int> stuck_threads(const Snapshot& snapshot) {
  if (!snapshot.proved) return {};
  std::vector<int> waiting, live;
  for (const Process& process : snapshot.processes) {
    if (ended(process)) continue;
    const bool may_go_on = process.held || process.activity == Activity::stopped;
    for (const Thread& thread : process.threads)
      (thread.activity == Activity::blocked && !may_go_on ? waiting : live).push_back(thread.tid);
  }
  std::ranges::sort(live);
  const auto is_live = [&](int tid) { return std::ranges::binary_search(live, tid); };
  const auto edges = wait_edges(snapshot);
  const auto may_end = [&](const WaitEdge& edge) {
    return edge.by_itself || edge.by_outside || (edge.by_watcher && !snapshot.watcher_waits) ||
           std::ranges::any_of(edge.wakers, is_live);
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (const WaitEdge& edge : edges) {
      if (is_live(edge.tid) || !may_end(edge)) continue;
      live.insert(std::ranges::upper_bound(live, edge.tid), edge.tid);
      changed = true;
    }
  }
  std::erase_if(waiting, is_live);
  return waiting;
}

}  // namespace ipclab::detect
