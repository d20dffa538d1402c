// The proof in words: what would end the wait, and why nobody does it. One to three sentences that teach.

#include <fmt/format.h>

#include <algorithm>

#include "detect/holders.hpp"
#include "detect/knot.hpp"
#include "detect/words.hpp"
#include "model/cause.hpp"

namespace ipclab::detect {
namespace {

/// "alice", or "thread 2" when it is of the process that we speak of.
std::string name_for(const Knot& knot, const Waiter& speaker, const Waiter& other) {
  const std::string name = who(*knot.snapshot, other.thread->tid);
  const std::string own = speaker.process->name + ", ";
  return speaker.process == other.process && name.starts_with(own) ? "its " + name.substr(own.size()) : name;
}

class Proof {
 public:
  Proof(const Knot& knot, const Diagnosis& diagnosis)
      : knot_(knot),
        snapshot_(*knot.snapshot),
        diagnosis_(diagnosis),
        waiter_(*diagnosis.waiter),
        target_(diagnosis.edge->target),
        object_(*object_of(snapshot_, target_)),
        name_(who(snapshot_, waiter_.thread->tid)),
        call_(call_name(waiter_.thread->wait) + "()") {}

  std::string text() const {
    const std::string& cause = diagnosis_.cause;
    if (cause == cause::kHoldsOwnWriteEnd) return own_end();
    if (cause == cause::kOtherHoldsWriteEnd) return end_of_another();
    if (cause == cause::kPipesFull) return all_full();
    if (cause == cause::kNoPartner)
      return "open() of a FIFO returns only when another process opens the other side. " + nobody("do that");
    if (cause == cause::kNoSender) return no_sender();
    if (cause == cause::kNoReceiver) return no_receiver();
    if (cause == cause::kNoPost) return no_post();
    if (cause == cause::kSelfLock) return self_lock();
    if (cause == cause::kLockCycle) return lock_cycle();
    if (cause == cause::kDeadOwner) return dead_owner();
    if (cause == cause::kLockHeld) return lock_held();
    if (cause == cause::kLostWakeUp) return no_signaller();
    if (cause == cause::kPrivateWait) return private_wait();
    if (cause == cause::kChildStuck) return child_stuck();
    if (cause == cause::kNoSignal)
      return fmt::format("{} returns only when a signal comes. No timer is set. {}", call_,
                         nobody("send one"));
    return mixed();
  }

 private:
  /// What a reader waits for besides data.
  std::string end_of_file() const {
    const std::string how = waits_in(*waiter_.thread, "read") || waits_in(*waiter_.thread, "recv")
                                ? call_ + " returns 0"
                                : "A reader sees end-of-file";
    return how + (is_socket(object_.kind)
                      ? " only when the other end of the connection is closed in every process. "
                      : " only when no process holds the write end any more. ");
  }

  std::string own_end() const {
    std::vector<std::string> others;
    for (const Holder& holder : enders(snapshot_, target_))
      if (holder.process != waiter_.process) others.push_back(holder.process->name);
    const std::string own = waiter_.process->name + " itself";
    if (others.empty())
      return fmt::format("{}The only holder left is {}, so its own {} can never return.", end_of_file(), own,
                         call_);
    return fmt::format(
        "{}{} still holds it, so its own {} can never return. Nor does {} write or close it: {}.{}",
        end_of_file(), own, call_, enumeration(others, 4, "or"), excuses(knot_, waiter_), no_input());
  }

  std::string end_of_another() const {
    return fmt::format(
        "{}It is still open in {}, and {}: nobody will write to it, and nobody will close it.{}",
        end_of_file(), describe(enders(snapshot_, target_)), excuses(knot_, waiter_), no_input());
  }

  std::string all_full() const {
    std::vector<std::string> names;
    for (const Waiter& other : knot_.waiters)
      if (other.component == waiter_.component) names.push_back(who(snapshot_, other.thread->tid));
    return fmt::format(
        "A writer to something full goes on only when somebody takes out of it. {} {} wait for room, "
        "so {} gets to take what {} put in.",
        enumeration(names), names.size() == 2 ? "both" : "all",
        names.size() == 2 ? "neither" : "none of them", names.size() == 2 ? "the other has" : "another has");
  }

  std::string no_sender() const {
    if (is_pipe(object_.kind))
      return fmt::format(
          "{} returns when somebody writes, or when the last write end is closed. The write end is "
          "open only in {}, and {}.{}",
          call_, describe(enders(snapshot_, target_)), excuses(knot_, waiter_), no_input());
    if (target_.need == Need::connection)
      return object_.listening ? call_ + " returns only when a client connects. " + nobody("connect")
                               : call_ + " returns only when the server accepts. " + nobody("accept");
    if (is_socket(object_.kind)) return no_sender_on_socket();
    if (object_.kind == ObjectKind::eventfd)
      return call_ + " of an eventfd returns only when its count is above 0. " + nobody("add to it");
    return fmt::format("{}{} returns only when somebody sends a message{}. {}", call_,
                       target_.type ? "" : " on an empty queue", of_type(target_), nobody("send one"));
  }

  std::string no_sender_on_socket() const {
    const auto peers = peer_holders(snapshot_, object_);
    if (peers.empty()) return call_ + " returns only when something arrives. " + nobody("send");
    if (object_.pending)
      return fmt::format(
          "The connection is made, but nobody has accepted it yet, so nobody can send. Only {} could accept "
          "it, and {}.{}",
          describe(peers), excuses(knot_, waiter_), no_input());
    return fmt::format(
        "{} returns when the other end sends, or when it is closed. The other end is open only in {}, "
        "and {}.{}",
        call_, describe(peers), excuses(knot_, waiter_), no_input());
  }

  std::string no_receiver() const {
    if (target_.need == Need::room)
      return call_ + " on a full queue goes on only when somebody receives a message. " +
             nobody("receive one");
    if (object_.kind == ObjectKind::unix_socket && waits_in(*waiter_.thread, "connect"))
      return call_ +
             " sleeps while as many wait to be accepted as there is room for. It goes on only when one of "
             "them is accepted. " +
             nobody("accept");
    const auto readers = enders(snapshot_, target_);
    if (object_.pending)
      return fmt::format(
          "The connection is made and its buffer is full, but nobody has accepted it yet, so nobody can "
          "receive. Only {} could accept it, and {}.{}",
          describe(readers), excuses(knot_, waiter_), no_input());
    const bool socket = is_socket(object_.kind);
    const std::string end = socket ? "other end" : "read end";
    std::string text =
        socket ? call_ + " goes on only when the other end receives what was sent before. "
               : call_ +
                     " to a full pipe goes on only when somebody reads, and fails with EPIPE only "
                     "when no process holds the read end any more. ";
    if (readers.size() == 1 && readers.front().process == waiter_.process && waiter_.wakers.empty())
      return text + fmt::format("The only holder left is {} itself, and it waits in {}.", name_, call_);
    return text + fmt::format("The {} is open in {}, but {}: nobody takes anything out.{}", end,
                              describe(readers), excuses(knot_, waiter_), no_input());
  }

  std::string no_post() const {
    if (object_.kind == ObjectKind::sysv_semaphore)
      return call_ + " goes on only when the semaphore's value allows what was asked for. " +
             nobody("change it");
    return call_ + " goes on only when the value is above 0, and only a post raises it. " + nobody("post");
  }

  std::string self_lock() const {
    if (object_.kind == ObjectKind::file_lock)
      return fmt::format(
          "{0} has this lock already, through another open file: such a lock belongs to the open file, "
          "not to the process. The second lock waits for an unlock that only {0} could do.",
          name_);
    return fmt::format(
        "{0} locked it before and has not unlocked it. An ordinary lock cannot be taken twice, not "
        "even by its owner: the second lock waits for an unlock that only {0} could do.",
        name_);
  }

  /// cycle[i] waits for a lock that cycle[i + 1] holds; said in that order.
  std::string lock_cycle() const {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < diagnosis_.cycle.size(); ++i) {
      const Waiter& member = *diagnosis_.cycle[i];
      const Waiter& holder = *diagnosis_.cycle[(i + 1) % diagnosis_.cycle.size()];
      const Object* lock = object_of(snapshot_, member.edges.front().target);
      parts.push_back(fmt::format("{} waits for {}, which {} holds", who(snapshot_, member.thread->tid),
                                  title(*lock), who(snapshot_, holder.thread->tid)));
    }
    return fmt::format("{}. None lets go of what it has before it has got what it waits for.",
                       fmt::join(parts, "; "));
  }

  std::string dead_owner() const {
    return fmt::format(
        "The owner of {} ended while it held the lock. The lock is not robust, so nobody is told, and "
        "nobody but the owner may unlock it: it stays locked for ever.",
        title(object_));
  }

  std::string lock_held() const {
    if (object_.owner)
      return fmt::format("Only {} can unlock {}, and does not get there: {}.{}",
                         who(snapshot_, *object_.owner), title(object_), excuses(knot_, waiter_), no_input());
    return fmt::format("{} goes on only when whoever holds {} lets go. {}", call_, title(object_),
                       nobody("do that"));
  }

  std::string no_signaller() const {
    if (object_.kind == ObjectKind::barrier)
      return call_ + " returns only when as many have arrived as the barrier was made for. " +
             nobody("arrive");
    if (object_.kind == ObjectKind::futex)
      return "A futex wait ends only when somebody wakes it. " + nobody("do that");
    return call_ +
           " returns only when somebody signals the condition after the wait has begun; a signal sent "
           "before is not kept. " +
           nobody("signal it");
  }

  std::string private_wait() const {
    const Process& process = *waiter_.process;
    const auto others = sharers(snapshot_, object_, process);
    const std::string own = process.threads.size() > 1 ? fmt::format("another thread of {}", process.name)
                                                       : "a thread of its own process, and it has no other";
    return fmt::format(
        "{} shares {} with {}, but this wait is for its own process only (futex(2), FUTEX_PRIVATE_FLAG; "
        "locks, "
        "conditions, semaphores and barriers wait so unless they are made process-shared). {} can be woken "
        "by {}. "
        "Whatever {} does there does not reach it.",
        process.name, title(object_), enumeration(others), name_, own, enumeration(others, 4, "or"));
  }

  std::string child_stuck() const {
    std::string child = object_.owner ? who(snapshot_, *object_.owner) : "";
    if (child.empty()) child = object_.owner ? object_.name : "a child";
    return fmt::format("{} returns only when {} has ended, and {}.{}", call_, child, excuses(knot_, waiter_),
                       no_input());
  }

  std::string mixed() const {
    return fmt::format(
        "Each of them waits for something that only another of them could do: {} {}, and {}.{}", name_,
        wait_phrase(snapshot_, *waiter_.thread), excuses(knot_, waiter_), no_input());
  }

  std::string nobody(const std::string& act) const {
    if (waiter_.wakers.empty()) return fmt::format("Nobody else is there to {}.", act);
    return fmt::format("Whoever could {} waits as well: {}.{}", act, excuses(knot_, waiter_), no_input());
  }

  /// The watcher gives input, but waits for this wait to end first.
  std::string no_input() const {
    const bool idle =
        std::ranges::any_of(waiter_.wakers, [&](std::size_t i) { return knot_.waiters[i].idle; });
    return idle ? " More input comes only after what is expected here." : "";
  }

  const Knot& knot_;
  const Snapshot& snapshot_;
  const Diagnosis& diagnosis_;
  const Waiter& waiter_;
  const Target target_;
  const Object& object_;
  const std::string name_, call_;
};

}  // namespace

std::string excuses(const Knot& knot, const Waiter& waiter) {
  std::vector<std::string> parts;
  for (const std::size_t i : waiter.wakers) {
    const Waiter& other = knot.waiters[i];
    std::string part =
        fmt::format("{} {}", name_for(knot, waiter, other), wait_phrase(*knot.snapshot, *other.thread));
    if (std::ranges::find(parts, part) == parts.end()) parts.push_back(std::move(part));
  }
  return enumeration(parts, 3);
}

std::string because(const Knot& knot, const Diagnosis& diagnosis) { return Proof(knot, diagnosis).text(); }

}  // namespace ipclab::detect
