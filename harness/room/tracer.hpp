// Injects faults (fault.hpp) into the programs of a room. Lives in the room's init, which is the parent of
// the programs and waits for them anyway: ptrace(2) reports to whoever waits. Only programs started with
// faults are traced, and of those only the calls that a fault names stop (seccomp(2), SECCOMP_RET_TRACE):
// everything else runs at full speed.
//
// How init uses it, for a launch with faults:
//   const CallFilter filter(faults);              before fork
//   child: wait for a byte from init; filter.install(); execve       (install is async-signal-safe)
//   init:  tracer.seize(child, faults), then send the byte
// and, always, instead of waitpid: while (auto ended = tracer.next_end()) …
#pragma once

#include <linux/filter.h>
#include <sys/types.h>
#include <sys/user.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "room/fault.hpp"

namespace ipclab::room {

/// The number of a system call by the name that a fault gives it. Throws std::invalid_argument.
int call_number(const std::string& name);
std::string call_name(int number);

/// A seccomp filter that stops for the tracer at the calls that the faults name.
class CallFilter {
 public:
  explicit CallFilter(const std::vector<Fault>& faults);
  /// For the calling thread and all that it becomes; sets NO_NEW_PRIVS. Async-signal-safe. False: errno says
  /// why.
  bool install() const;

 private:
  std::vector<sock_filter> program_;
};

/// A child of init that has ended and has been reaped.
struct Ended {
  pid_t pid = 0;
  int status = 0;  // as of waitpid(2)
};

class Tracer {
 public:
  enum class Event { held, faulted };
  /// `tell(event, pid, call)`: pid as init sees it, of the process, not the thread.
  using Tell = std::function<void(Event, pid_t, const std::string&)>;
  explicit Tracer(Tell tell) : tell_(std::move(tell)) {}

  /// The child must be waiting, not yet executed. Throws std::system_error.
  void seize(pid_t child, std::vector<Fault> faults);

  /// Deals with every stop of a traced thread; returns the next end of a child of init's own, reaped; nothing
  /// when there is none now (does not wait).
  std::optional<Ended> next_end();

  /// Lets the held threads of the process go on.
  void release(pid_t pid);

 private:
  struct Traced {  // a process
    std::vector<Fault> faults;
    std::vector<int> counts;    // calls seen so far, one for each fault
    std::string program;        // base name of what it executes
    std::string first_program;  // … and of what was started: whom an unnamed fault is meant for
    unsigned long loader_begin = 0, loader_end = 0;
    bool executed = false;  // before its first execve it runs init's own set-up
  };
  struct Thread {
    pid_t process = 0;
    bool held = false;
    bool hold_at_exit = false;
    std::string call;                           // of the fault under way
    unsigned long restore_at = 0, restore = 0;  // a length in its memory that a short count changed
  };

  void stopped(pid_t tid, int status);
  void entered(pid_t tid, Thread& thread);
  void left(pid_t tid, Thread& thread);
  void inject(pid_t tid, Thread& thread, const Fault& fault, user_regs_struct& registers);
  bool concerns(const Traced& process, const Fault& fault, pid_t pid,
                const user_regs_struct& registers) const;
  void executed(pid_t tid);
  Thread& thread_of(pid_t tid);
  void hold(Thread& thread);

  Tell tell_;
  std::map<pid_t, Traced> processes_;
  std::map<pid_t, Thread> threads_;
};

}  // namespace ipclab::room
