// Injects faults (fault.hpp) into the programs of a room. Lives in the room's init, which is single-threaded
// and the tracer of every process that was started with faults, and of all that they fork.
//
// How init uses it:
//   before fork  const Filter filter(faults); nothing to do when there are no faults
//   child        first of all waits for a byte that says "attached"; then its ordinary set-up; then
//                filter.install() as the last call before execve: without a tracer what the filter selects
//                would fail with ENOSYS, and the set-up's own calls must not be caught
//   init         tracer.attach(pid, faults) right after fork, before the child changes its uid; then the byte
//   reaping      on SIGCHLD (not SA_NOCLDSTOP, which would hide the stops) waitid(P_ALL, WEXITED | WNOHANG |
//                WNOWAIT | __WALL) for a look, then tracer.takes(): see next_end() in reap.cpp. Not with
//                WSTOPPED: a stopped child that is not traced would come back for ever
//   release      tracer.release(pid)
//
// Nothing needs to be undone: a traced process that ends is init's to reap as always; PTRACE_O_EXITKILL ends
// the programs with init. Pids are those of init's pid namespace. A traced program must not be built with
// LeakSanitizer (it traces itself): ASAN_OPTIONS=detect_leaks=0.
//
// Sources: ptrace(2), seccomp(2), kernel Documentation/userspace-api/seccomp_filter.rst.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "room/call_counts.hpp"
#include "room/fault.hpp"

namespace ipclab::room {

/// The seccomp filter that stops a thread at the calls that the faults name, and at no other; at every one
/// when they are counted.
class Filter {
 public:
  /// Throws std::invalid_argument as validate() does.
  explicit Filter(const std::vector<Fault>& faults);
  /// Sets NO_NEW_PRIVS too. Async-signal-safe. False: errno says why.
  bool install() const;

 private:
  std::vector<sock_filter> program_;
};

class Tracer {
 public:
  struct Note {
    bool held = false;  // else: a fault was injected
    pid_t pid = 0;      // the process
    std::string call;   // as the fault names it
  };

  /// `note` is called from takes().
  explicit Tracer(std::function<void(const Note&)> note);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// Throws std::system_error when the kernel refuses.
  void attach(pid_t child, std::vector<Fault> faults);

  enum class Taken {
    all,     // it was a stop, or the end of a thread or of somebody else's child: nothing is left to do
    none,    // a child of init has ended and has not yet been waited for
    reaped,  // a child of init has ended; it became one in that very moment, and has been waited for
  };
  /// `pid` has something to wait for. `status` is set when it was reaped.
  Taken takes(pid_t pid, int& status);

  /// Of a process that was started with count_calls(), or of one that it forked; with `family` those of
  /// everybody whom it has forked too. Also when it has ended. Nothing for another.
  std::optional<CallCounts> counts(pid_t pid, bool family) const;

  /// Lets the held threads of a process go on.
  void release(pid_t pid);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ipclab::room
