#include "detect/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "detect/holders.hpp"
#include "detect/knot.hpp"
#include "detect/words.hpp"
#include "model/cause.hpp"

namespace ipclab::detect {
namespace {

using Kind = Verdict::Kind;

/// "alice and bob are …": everybody who does this, in the words for the first.
std::string those_who(const Snapshot& snapshot, Activity activity) {
  std::vector<std::string> names;
  std::string doing;
  for (const Process& process : snapshot.processes) {
    if (ended(process)) continue;
    const auto thread = std::ranges::find(process.threads, activity, &Thread::activity);
    if (thread == process.threads.end()) continue;
    names.push_back(process.name);
    if (doing.empty()) doing = activity_sentence(snapshot, *thread);
  }
  return fmt::format("{} {} {}", enumeration(names), names.size() == 1 ? "is" : "are", doing);
}

bool anybody(const Snapshot& snapshot, Activity activity) {
  return std::ranges::any_of(snapshot.processes, [&](const Process& process) {
    return !ended(process) &&
           (process.threads.empty()
                ? process.activity == activity
                : std::ranges::find(process.threads, activity, &Thread::activity) != process.threads.end());
  });
}

Verdict ended_verdict(const Snapshot& snapshot) {
  Verdict verdict;
  verdict.kind = Kind::ended;
  if (snapshot.processes.empty()) {
    verdict.sentence = "no process is left";
    return verdict;
  }
  const Process& root = snapshot.processes.front();
  const bool killed = root.activity == Activity::killed;
  verdict.exit_code = killed ? 128 + root.signal : root.exit_code;
  verdict.sentence = killed ? fmt::format("{} was {}", root.name, activity_sentence(snapshot, root))
                            : fmt::format("{} ended with exit status {}", root.name, root.exit_code);
  return verdict;
}

/// ", and nobody is left to send": what makes the wait hopeless, in a clause.
std::string hopeless(const Knot& knot, const Diagnosis& diagnosis) {
  const std::string& cause = diagnosis.cause;
  const Object& object = *object_of(*knot.snapshot, diagnosis.edge->target);
  const bool socket = is_socket(object.kind);
  if (cause == cause::kHoldsOwnWriteEnd)
    return socket ? ", whose other end it holds open itself" : ", whose write end it holds open itself";
  if (cause == cause::kOtherHoldsWriteEnd) {
    std::vector<std::string> names;
    for (const Holder& holder : enders(*knot.snapshot, diagnosis.edge->target))
      names.push_back(holder.process->name);
    return fmt::format(", whose {} end is kept open by {}", socket ? "other" : "write", enumeration(names));
  }
  if (cause == cause::kPipesFull) return ", and whoever could make room waits for room too";
  if (cause == cause::kNoPartner) return ", and nobody is left to open the other side";
  if (cause == cause::kNoSender)
    return object.listening ? ", and nobody is left to connect" : ", and nobody is left to send";
  if (cause == cause::kNoReceiver) return ", and nobody is left to read";
  if (cause == cause::kNoPost) return ", and nobody is left to post";
  if (cause == cause::kSelfLock) return ", which it holds itself";
  if (cause == cause::kDeadOwner) return ", whose owner has ended";
  if (cause == cause::kLockHeld) return ", and its holder waits as well";
  if (cause == cause::kPrivateWait) return ", and nobody else can reach it there";
  if (cause == cause::kLostWakeUp) return ", and nobody is left to wake it";
  if (cause == cause::kChildStuck) return ", which never ends";
  if (cause == cause::kNoSignal) return ", and nobody is left to send one";
  return ", and whoever could end that waits as well";
}

std::string cycle_sentence(const Knot& knot, const Diagnosis& diagnosis) {
  std::vector<std::string> parts;
  for (const Waiter* member : diagnosis.cycle)
    parts.push_back(fmt::format("{} is {}", who(*knot.snapshot, member->thread->tid),
                                activity_sentence(*knot.snapshot, *member->thread)));
  return fmt::format("{}: each holds what another waits for", enumeration(parts, parts.size()));
}

Verdict stuck_verdict(const Knot& knot, const Diagnosis& diagnosis) {
  Verdict verdict;
  verdict.kind = Kind::stuck;
  verdict.cause = diagnosis.cause;
  verdict.because = because(knot, diagnosis);
  const Waiter& waiter = *diagnosis.waiter;
  verdict.sentence =
      diagnosis.cycle.empty()
          ? fmt::format("{} is {}{}", who(*knot.snapshot, waiter.thread->tid),
                        activity_sentence(*knot.snapshot, *waiter.thread), hopeless(knot, diagnosis))
          : cycle_sentence(knot, diagnosis);
  return verdict;
}

/// Input that somebody outside the tree may give at any time; nullptr when nobody waits for such.
const WaitEdge* awaited_input(const Snapshot& snapshot, const std::vector<WaitEdge>& edges) {
  const auto by_watcher = std::ranges::find_if(edges, [](const WaitEdge& edge) { return edge.by_watcher; });
  if (by_watcher != edges.end()) return &*by_watcher;
  const auto by_outside = std::ranges::find_if(edges, [&](const WaitEdge& edge) {
    const Object* object = object_of(snapshot, edge.target);
    return edge.by_outside && object && object->kind != ObjectKind::other && edge.target.need != Need::exit;
  });
  return by_outside == edges.end() ? nullptr : &*by_outside;
}

const Thread& thread_of(const Snapshot& snapshot, int tid) {
  return *std::ranges::find(snapshot.find_by_thread(tid)->threads, tid, &Thread::tid);
}

std::string words_for(const Snapshot& snapshot, const WaitEdge& edge) {
  return fmt::format("{} is {}", who(snapshot, edge.tid),
                     activity_sentence(snapshot, thread_of(snapshot, edge.tid)));
}

/// Nobody runs and not everybody is stuck.
Verdict waiting_verdict(const Snapshot& snapshot) {
  Verdict verdict;
  const auto edges = wait_edges(snapshot);
  if (const WaitEdge* input = awaited_input(snapshot, edges)) {
    verdict.kind = Kind::waiting_for_input;
    verdict.sentence = words_for(snapshot, *input);
    return verdict;
  }
  verdict.kind = Kind::sleeping;
  const auto timed = std::ranges::find_if(edges, &WaitEdge::by_itself);
  if (anybody(snapshot, Activity::sleeping)) verdict.sentence = those_who(snapshot, Activity::sleeping);
  else if (anybody(snapshot, Activity::stopped)) verdict.sentence = those_who(snapshot, Activity::stopped);
  else if (timed != edges.end()) verdict.sentence = words_for(snapshot, *timed) + ", which ends by itself";
  else if (!edges.empty())
    verdict.sentence = words_for(snapshot, edges.front()) + ", and who could end that cannot be seen";
  else verdict.sentence = "nothing happens";
  return verdict;
}

Verdict living_verdict(const Snapshot& snapshot) {
  for (const auto& [activity, kind] : {std::pair{Activity::running, Kind::running},
                                       {Activity::spinning, Kind::spinning},
                                       {Activity::polling, Kind::polling}})
    if (anybody(snapshot, activity)) {
      Verdict verdict;
      verdict.kind = kind;
      verdict.sentence = those_who(snapshot, activity);
      return verdict;
    }
  const Knot knot = knot_of(snapshot);
  if (!knot.empty() && everybody_is_stuck(knot))
    if (const auto diagnosis = diagnose(knot)) return stuck_verdict(knot, *diagnosis);
  return waiting_verdict(snapshot);
}

/// A stuck part of a tree that lives on.
std::string stuck_part(const Snapshot& snapshot) {
  const Knot knot = knot_of(snapshot);
  std::vector<std::string> names;
  for (const Process* process : stuck_processes(knot)) names.push_back(process->name);
  return names.empty() ? "" : fmt::format("; nothing can wake {} any more", enumeration(names));
}

}  // namespace

std::string Verdict::first_line() const {
  switch (kind) {
    case Kind::stuck:
      return "STUCK: " + sentence;
    case Kind::waiting_for_input:
      return "WAITING FOR INPUT: " + sentence;
    case Kind::sleeping:
      return "SLEEPING: " + sentence;
    case Kind::polling:
      return "POLLING: " + sentence;
    case Kind::spinning:
      return "SPINNING: " + sentence;
    case Kind::running:
      return "RUNNING: " + sentence;
    case Kind::ended:
      return fmt::format("ENDED {}: {}", exit_code, sentence);
  }
  return sentence;
}

Verdict verdict(const Snapshot& snapshot) {
  const bool alive =
      std::ranges::any_of(snapshot.processes, [](const Process& process) { return !ended(process); });
  Verdict verdict = alive ? living_verdict(snapshot) : ended_verdict(snapshot);
  if (alive && verdict.kind != Kind::stuck) verdict.sentence += stuck_part(snapshot);
  if (!snapshot.unseen.empty()) verdict.sentence += " (" + snapshot.unseen + ")";
  verdict.graph = wait_table(snapshot);
  return verdict;
}

}  // namespace ipclab::detect
