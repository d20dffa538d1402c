// What the tracer knows of a process and its threads, and what it reads of them in /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "room/fault.hpp"
#include "room/registers.hpp"
#include "room/tally.hpp"

namespace ipclab::room {

/// What happens to a signal that arrives, as far as it decides whether an interrupted call is restarted.
struct Disposition {
  bool caught = false;
  bool restarts = false;  // SA_RESTART
};

struct Tracee {  // a process
  pid_t pid = 0;
  std::shared_ptr<const std::vector<Fault>> faults;
  std::vector<int> counts;  // of each fault: calls so far
  bool executed = false;    // false: still init's own code, whose calls are nobody's
  std::string first_program, program;
  std::pair<std::uint64_t, std::uint64_t> loader{};  // where the dynamic loader is mapped
  std::map<int, Disposition> signals;
  std::shared_ptr<Tally> tally;  // none: its calls are not counted

  void executes();  // reads what the process has become
  Tracee forked(pid_t child) const;
  bool loads(const Registers& registers) const;  // the call is the dynamic loader's
  bool counts_for(const Fault& fault, const Registers& registers, pid_t tid) const;
};

/// A call that a signal has interrupted and that the kernel will make again by itself.
struct Restart {
  long call;
  std::uint64_t instruction, stack;
  bool operator==(const Restart&) const = default;
  static Restart of(const Registers& registers) {
    return {registers.call(), registers.instruction(), registers.stack()};
  }
};

struct TracedThread {
  pid_t process = 0;
  const Fault* action = nullptr;                         // of the call it is in
  bool wants_exit = false;                               // to be stopped when the call returns
  std::optional<long> carries;                           // the number of the call it is in, whose bytes count
  std::vector<std::pair<int, std::uint64_t>> arguments;  // as the program passed them: to be put back then
  std::vector<std::pair<std::uint64_t, std::uint64_t>> memory;  // … and words in its memory
  std::optional<Restart> restart;
  struct Interrupted {
    std::optional<Restart> restart;
    const Fault* action;
  };
  std::vector<Interrupted>
      interrupted;  // by each handler that now runs: to be taken up again when it returns
  bool held = false;
  std::optional<long> ahead;  // the call that it was held ahead of, and that it makes when this one returns

  void handles();      // a signal handler begins
  void has_handled();  // … returns
};

/// Fields of /proc/PID/status; 0 when it is gone.
struct Kinship {
  pid_t process = 0, parent = 0;
};
Kinship kinship_of(pid_t tid);

}  // namespace ipclab::room
