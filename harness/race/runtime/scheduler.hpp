// One task at a time, over all processes of the run, in an order that a seed decides.
//
// A task that has the turn runs until a *point*: the next thing it does that others can notice. There the
// seed decides who goes on: every task has a random priority, and now and then whoever runs falls behind all
// others (PCT, Burckhardt and others 2010); one seed in four takes anybody at every point instead. What may
// wait is tried without waiting; a task that cannot go on gives the turn away until something has changed.
// When nobody can go on, and nobody is in a call that the world outside could end, the run is stuck: that is
// told at once, and all processes end.
#pragma once

#include <optional>

#include "race/runtime/sync.hpp"

namespace ipclab::race::scheduler {

/// Is this thread's order decided here? Not inside the runtime.
inline bool active() { return watched() && record()->scheduled; }

/// A new task, by whoever starts it.
void prepare(Task& task);
/// This thread becomes a task: returns when it is its turn.
void join_in();
/// This thread, or with `whole_process` its process, ends.
void leave(bool whole_process);
/// What others may wait for has changed.
void progress();

/// Somebody else may go on. Does nothing where no scheduler is.
void point(What what, const Sync* sync, std::uint64_t place);
/// The seed's next number, of 0 … below - 1.
std::uint64_t random_below(std::uint64_t below);
/// Only at some, as the seed has it.
void plain_access(std::uint64_t place);

/// Of memory that nobody else sees: some, for who waits there for a signal.
void unseen_access(std::uint64_t place);

/// This task cannot go on before something has changed. With `timeout`: false when instead so much time has
/// passed.
bool wait_for_change(std::uint64_t place, std::optional<std::uint64_t> timeout_ns = {});
/// Waits until `wake` names this sync.
bool wait_for_signal(const Sync& sync, std::uint64_t place, std::optional<std::uint64_t> timeout_ns = {});
/// Was there anybody?
bool wake(const Sync& sync, bool all);
/// Whatever it waits for, it looks again.
void interrupt(Task& task);
/// Whether there was: it may explain a wait without an end.
void note_wake(Sync& sync, bool heard, std::uint64_t place);
void sleep(std::uint64_t ns, std::uint64_t place);

/// A call that may wait for what is not scheduled: others go on meanwhile.
class Away {
 public:
  explicit Away(std::uint64_t place);
  ~Away();

 private:
  bool active_;
};

/// pthreads(7): what waits in these can be cancelled. Runs the program's clean-up, and never returns, if it
/// was.
void cancellation_point(What what);

/// Of a call that a signal ends: has a handler run, without SA_RESTART, since the first time that it had to
/// wait? errno says so then.
class Interruption {
 public:
  bool came() {
    if (waits_ && self.interruptions != before_) return errno = EINTR, true;
    if (!waits_) before_ = self.interruptions;
    waits_ = true;
    return false;
  }

 private:
  bool waits_ = false;
  unsigned before_ = 0;
};

/// Tries until it is done: `attempt` answers whether it was. errno is the last attempt's: a program that
/// waited in the kernel would not hear of those before.
template <typename Attempt>
bool retry(What what, const Sync* sync, std::uint64_t place, std::optional<std::uint64_t> timeout_ns,
           Attempt attempt) {
  const int before = errno;
  point(what, sync, place);
  for (errno = before; !attempt(); errno = before) {
    cancellation_point(what);
    if (!wait_for_change(place, timeout_ns)) return false;
    cancellation_point(what);
  }
  const int told = errno;
  if (active()) progress();
  errno = told;
  return true;
}

/// A timer of this process is set: it may send a signal, or start a thread.
void expect_timer();

/// A program that is being started by others than fork will take part.
void expect_program();

/// How long until a moment of a clock.
std::uint64_t until(clockid_t clock, const timespec* moment);

}  // namespace ipclab::race::scheduler
