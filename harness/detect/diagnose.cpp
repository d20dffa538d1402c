// Which of the waits in a knot is the fault, and what it is called.

#include <algorithm>
#include <set>
#include <utility>

#include "detect/holders.hpp"
#include "detect/knot.hpp"
#include "detect/words.hpp"
#include "model/cause.hpp"

namespace ipclab::detect {
namespace {

/// Where several waits of a knot could be called the fault, the one that explains most comes first.
enum Rank {
  kLockItself,  // nothing else is involved
  kLockRing,
  kOwnEnd,
  kForgottenEnd,
  kLockKept,
  kNobodyActs,
  kNobodySignals,
  kChildWaits,
  kChain,  // waits for one that waits itself: a consequence more often than a cause
};

struct Local {
  Rank rank;
  const char* cause;
};

bool waits_for(const Process& process, Need need) {
  return std::ranges::any_of(process.threads, [&](const Thread& thread) {
    return thread.activity == Activity::blocked &&
           std::ranges::any_of(thread.wait.any_of, [&](const Target& target) { return target.need == need; });
  });
}

class Diagnostician {
 public:
  explicit Diagnostician(const Knot& knot) : knot_(knot), snapshot_(*knot.snapshot) {}

  std::optional<Diagnosis> diagnose(const std::vector<std::size_t>& candidates) {
    std::optional<Diagnosis> best;
    Rank best_rank{};
    bool mixed = false;
    for (const std::size_t i : candidates) {
      const Waiter& waiter = knot_.waiters[i];
      const auto found = wait_cause(waiter);
      if (!found) continue;
      const auto& [local, edge] = *found;
      if (!best || local.rank < best_rank) {
        best = {local.cause, &waiter, edge, {}};
        best_rank = local.rank;
        mixed = false;
      } else if (local.rank == best_rank) {
        mixed |= best->cause != local.cause;
      }
    }
    if (best && mixed && best_rank >= kNobodyActs) best->cause = cause::kStuck;
    if (best && best->cause == cause::kLockCycle) best->cycle = lock_cycle(*best->waiter);
    return best;
  }

 private:
  /// Any one of its targets would have ended the wait, so the least faulty explains it: a pipe to oneself in
  /// a poll is a way to wake up, not a mistake.
  std::optional<std::pair<Local, const WaitEdge*>> wait_cause(const Waiter& waiter) {
    std::optional<std::pair<Local, const WaitEdge*>> found;
    for (const WaitEdge& edge : waiter.edges) {
      const Object* object = object_of(snapshot_, edge.target);
      if (!object) continue;
      const Local local = local_cause(waiter, edge, *object);
      if (!found || local.rank > found->first.rank) found.emplace(local, &edge);
    }
    return found;
  }

  Local local_cause(const Waiter& waiter, const WaitEdge& edge, const Object& object) {
    if (waits_privately(waiter, edge, object)) return {kOwnEnd, cause::kPrivateWait};
    switch (edge.target.need) {
      case Need::unlock:
        return lock_cause(waiter, object);
      case Need::data:
        return data_cause(waiter, edge, object);
      case Need::space:
        return space_cause(edge);
      case Need::partner:
        return {kNobodyActs, cause::kNoPartner};
      case Need::connection:
      case Need::message:
        return {kNobodyActs, cause::kNoSender};
      case Need::room:
        return room_cause(waiter);
      case Need::post:
        return {kNobodyActs, cause::kNoPost};
      case Need::signal:
      case Need::wake:
        if (object.kind == ObjectKind::signal) return {kNobodySignals, cause::kNoSignal};
        return {kNobodyActs, cause::kLostWakeUp};
      case Need::exit:
        return {kChildWaits, cause::kChildStuck};
    }
    return {kChain, cause::kStuck};
  }

  /// What others share and could end, if this wait were not for its own process only.
  bool waits_privately(const Waiter& waiter, const WaitEdge& edge, const Object& object) const {
    if (!edge.target.within_process || object.owner_dead) return false;
    if (object.owner && owner_process(object) == waiter.process) return false;
    return !sharers(snapshot_, object, *waiter.process).empty();
  }

  Local lock_cause(const Waiter& waiter, const Object& object) {
    if (object.owner_dead) return {kLockItself, cause::kDeadOwner};
    if (!object.owner) return {kLockKept, cause::kLockHeld};
    if (holds_itself(waiter, object)) return {kLockItself, cause::kSelfLock};
    if (!lock_cycle(waiter).empty()) return {kLockRing, cause::kLockCycle};
    return {kLockKept, cause::kLockHeld};
  }

  bool holds_itself(const Waiter& waiter, const Object& object) const {
    if (object.kind != ObjectKind::file_lock) return object.owner == waiter.thread->tid;
    return owner_process(object) == waiter.process;  // file locks belong to processes
  }

  const Process* owner_process(const Object& object) const {
    if (!object.owner) return nullptr;
    const Process* process = snapshot_.find_by_thread(*object.owner);
    return process ? process : snapshot_.find(*object.owner);
  }

  Local data_cause(const Waiter& waiter, const WaitEdge& edge, const Object& object) const {
    if (object.kind == ObjectKind::signalfd) return {kNobodySignals, cause::kNoSignal};
    if (!is_pipe(object.kind) && !is_socket(object.kind)) return {kNobodyActs, cause::kNoSender};
    // Who could accept does something else: it has forgotten nothing and keeps nothing open.
    if (object.pending) return {kNobodyActs, cause::kNoSender};
    const auto found = enders(snapshot_, edge.target);
    bool forgotten = false;
    for (const Holder& holder : found) {
      if (holder.process == waiter.process && is_alone(*waiter.process))
        return {kOwnEnd, cause::kHoldsOwnWriteEnd};
      forgotten |= looks_forgotten(*holder.process, edge.target.object);
    }
    if (forgotten) return {kForgottenEnd, cause::kOtherHoldsWriteEnd};
    return {found.empty() ? kNobodyActs : kChain, cause::kNoSender};
  }

  /// Every thread of the process is stuck: it can neither write to itself nor close.
  bool is_alone(const Process& process) const {
    return std::ranges::all_of(process.threads, [&](const Thread& thread) {
      return std::ranges::any_of(knot_.waiters,
                                 [&](const Waiter& waiter) { return waiter.thread == &thread; });
    });
  }

  /// A holder of the write end that is not about to write: it waits for another process's end or for a
  /// signal, or it has the read end too.
  bool looks_forgotten(const Process& holder, int object) const {
    const Object& what = snapshot_.objects[static_cast<std::size_t>(object)];
    if (waits_for(holder, Need::exit)) return true;
    const auto readers = holders(snapshot_, object, End::reading);
    return !is_socket(what.kind) && std::ranges::find(readers, &holder, &Holder::process) != readers.end();
  }

  /// A reader that waits for room itself would read later: the fault is further on, or in the ring.
  Local space_cause(const WaitEdge& edge) const {
    const auto readers = enders(snapshot_, edge.target);
    const auto writes = [&](const Holder& holder) {
      return holder.process->pid != edge.pid && waits_for(*holder.process, Need::space);
    };
    if (!readers.empty() && std::ranges::all_of(readers, writes)) return {kChain, cause::kPipesFull};
    return {std::ranges::any_of(readers, writes) ? kChain : kNobodyActs, cause::kNoReceiver};
  }

  /// Full queues in a ring: each of them could only be emptied by one that waits to send into another.
  Local room_cause(const Waiter& waiter) const {
    const auto senders = [&](std::size_t i) { return waits_for_room(knot_.waiters[i]); };
    const auto elsewhere = [&](std::size_t i) { return !same_queue(knot_.waiters[i], waiter); };
    const bool ring = !waiter.wakers.empty() && std::ranges::all_of(waiter.wakers, senders) &&
                      std::ranges::any_of(waiter.wakers, elsewhere);
    return {kNobodyActs, ring ? cause::kPipesFull : cause::kNoReceiver};
  }
  static bool waits_for_room(const Waiter& waiter) {
    return std::ranges::all_of(waiter.edges,
                               [](const WaitEdge& edge) { return edge.target.need == Need::room; });
  }
  bool same_queue(const Waiter& one, const Waiter& other) const {
    return same_object(snapshot_, one.edges.front().target.object, other.edges.front().target.object);
  }

  /// The members of the ring of locks that `from` is in, beginning with `from`; empty when it is in none.
  std::vector<const Waiter*> lock_cycle(const Waiter& from) const {
    std::vector<const Waiter*> path;
    std::set<const Waiter*> seen;
    return walk(from, from, path, seen) ? path : std::vector<const Waiter*>();
  }

  bool walk(const Waiter& at, const Waiter& goal, std::vector<const Waiter*>& path,
            std::set<const Waiter*>& seen) const {
    if (!seen.insert(&at).second) return false;
    path.push_back(&at);
    for (const Waiter* next : lock_holders(at))
      if (next == &goal || walk(*next, goal, path, seen)) return true;
    path.pop_back();
    return false;
  }

  /// Members that hold the lock which this one waits for.
  std::vector<const Waiter*> lock_holders(const Waiter& waiter) const {
    std::vector<const Waiter*> found;
    for (const WaitEdge& edge : waiter.edges) {
      const Object* object = object_of(snapshot_, edge.target);
      if (!object || edge.target.need != Need::unlock || !object->owner || object->owner_dead) continue;
      for (const Waiter& other : knot_.waiters) {
        const bool holds = object->kind == ObjectKind::file_lock ? other.process == owner_process(*object)
                                                                 : other.thread->tid == *object->owner;
        if (holds && &other != &waiter) found.push_back(&other);
      }
    }
    return found;
  }

  const Knot& knot_;
  const Snapshot& snapshot_;
};

/// Members whose waits lead only to each other: the components that no edge leaves. Those that merely wait
/// for input are innocent; when there are no others, everybody else is a candidate.
std::vector<std::size_t> candidates(const Knot& knot, const std::set<std::size_t>& among) {
  std::set<std::size_t> left;
  for (const Waiter& waiter : knot.waiters)
    for (const std::size_t waker : waiter.wakers)
      if (knot.waiters[waker].component != waiter.component) left.insert(waiter.component);
  std::vector<std::size_t> innermost, others;
  for (const std::size_t i : among) {
    if (knot.waiters[i].idle) continue;
    others.push_back(i);
    if (!left.contains(knot.waiters[i].component)) innermost.push_back(i);
  }
  return innermost.empty() ? others : innermost;
}

/// What the waits of this process lead to, itself included.
std::set<std::size_t> reachable(const Knot& knot, int subject) {
  std::set<std::size_t> found;
  std::vector<std::size_t> next;
  for (std::size_t i = 0; i < knot.waiters.size(); ++i)
    if (subject == 0 || knot.waiters[i].process->pid == subject) next.push_back(i);
  while (!next.empty()) {
    const std::size_t i = next.back();
    next.pop_back();
    if (!found.insert(i).second) continue;
    next.insert(next.end(), knot.waiters[i].wakers.begin(), knot.waiters[i].wakers.end());
  }
  return found;
}

}  // namespace

std::optional<Diagnosis> diagnose(const Knot& knot, int subject) {
  const auto found = candidates(knot, reachable(knot, subject));
  return Diagnostician(knot).diagnose(found);
}

}  // namespace ipclab::detect
