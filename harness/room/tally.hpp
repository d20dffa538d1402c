// Keeps the count of a traced process's system calls, and reads off a call that returns how many bytes it has
// carried. Used by the tracer.
#pragma once

#include <sys/types.h>

#include <memory>
#include <utility>

#include "room/call_counts.hpp"
#include "room/registers.hpp"

namespace ipclab::room {

class Tally {
 public:
  /// `parent`: the tally of the process that it was forked from.
  explicit Tally(std::shared_ptr<Tally> parent = nullptr) : parent_(std::move(parent)) {}

  /// A call that is about to be made by this thread. True: it may carry bytes, tell its return too.
  bool begins(pid_t tid, const Registers& registers);
  /// The call of this number returns in this thread; registers are as the call has left them.
  void returns(pid_t tid, long number, const Registers& registers);

  const CallCounts& own() const { return own_; }
  /// Its own and those of all that it has forked, directly or not, living or ended.
  const CallCounts& family() const { return family_; }

 private:
  void add(const CallCounts::Entry& entry);

  std::shared_ptr<Tally> parent_;
  CallCounts own_, family_;
};

/// The call carries bytes when it succeeds.
bool carries_bytes(long number);

}  // namespace ipclab::room
