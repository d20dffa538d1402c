// What a check runs in: fresh user, pid, ipc, mount, network (loopback up) and uts namespaces with their own
// /tmp, /dev/shm, /dev/mqueue and /proc, everything else read-only, the project itself out of sight. Where
// the machine forbids namespaces the same interface stands on a sub-reaper, limits and Landlock, and says
// what is lost.
//
// A room is served by one process of ours, `init` (pid 1 of the room), which starts and reaps the learner's
// programs and reports over a socket; theory of operation in init.cpp. Needs no root. Not thread-safe; the
// caller must be single-threaded when it makes one (it forks). Everything in a room ends with it, whatever
// the programs do. Errors of ours: std::system_error, std::runtime_error.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "model/ledger.hpp"
#include "room/cable.hpp"
#include "room/call_counts.hpp"
#include "room/fault.hpp"

namespace ipclab::room {

enum class Level { namespaces, bare };

struct Limits {
  unsigned processes = 64;  // processes and threads of the room
  std::size_t memory =
      1u << 30;               // bytes of address space per process; of private memory, all of them together
  std::size_t reserved = 0;   // address space of each process on top of that
  unsigned cpu_seconds = 10;  // per process
  unsigned open_files = 256;
  std::size_t scratch = 64u << 20;  // bytes in /tmp and in /dev/shm each, and per file
};

struct Options {
  Limits limits;
  std::optional<Level>
      force;  // default: the best this machine gives; IPCLAB_ROOM=bare in the environment forces too
  std::filesystem::path programs;  // seen, read-only, as /lab/bin, first in PATH; empty: none
  std::vector<std::pair<std::filesystem::path, std::string>> binds;  // host path, path below /lab: read-only
  std::filesystem::path output;               // seen, writable, as /lab/out; empty: none (for the compiler)
  std::vector<std::filesystem::path> hidden;  // must not be visible; the project's root always is hidden
};

/// A program to start. Descriptors are the caller's and stay open in the caller.
struct Launch {
  std::vector<std::string> argv;                                 // argv[0] is looked up in the room's PATH
  std::vector<std::pair<std::string, std::string>> environment;  // on top of a clean one (PATH, HOME, LANG)
  int in = -1, out = -1, err = -1;                               // -1: /dev/null
  std::vector<std::pair<int, int>> extra;                        // ours, theirs
  std::vector<Fault> faults;
  // It will be started often: it is loaded once, and forked. This variable of its environment tells it the
  // descriptor of the socket where it is asked to (race/zygote.hpp). With faults, or on a host of the cable,
  // it is started like any other.
  std::string zygote = {};
  bool raw_network = false;     // CAP_NET_RAW, for raw sockets
  bool same_addresses = false;  // not at random ones, where the machine allows it (ADDR_NO_RANDOMIZE)
  unsigned host = 0;            // in the room's own network; 1, 2: a host of the cable
};

struct Started {
  pid_t pid = 0;  // in our own pid namespace
  Fd pidfd;
};

/// What a program has cost from its beginning to its end (getrusage(2)).
struct Effort {
  long sleeps = 0;  // how often its threads gave up the CPU of their own accord, to wait (sched_yield is no wait)
  double cpu_seconds = 0;
};

/// What init tells, in the order in which it happened.
struct RoomEvent {
  enum class Kind {
    exited,   // a started program: see status
    adopted,  // a process whose parent ended before it, or ended without having waited for it: see program
    held,     // a fault holds the process until release()
    faulted,  // a fault was injected
  };
  Kind kind{};
  pid_t pid = 0;            // in our own pid namespace; may already be gone
  int status = 0;           // exited: as of waitpid(2)
  Effort effort;            // exited: of a program without faults
  bool was_zombie = false;  // adopted: it had ended before its parent did
  std::string program;      // adopted: what it executed
  std::string call;         // held, faulted
};

class Room {
 public:
  explicit Room(Options options);
  ~Room();
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  Level level() const;
  /// One line: "namespaces", or what is lost without them and how to get them.
  std::string describe() const;

  /// Returns once the program has been executed (execve done), or throws std::system_error with its errno.
  Started start(const Launch& launch);

  /// Readable when next_event() has something.
  int event_fd() const;
  std::optional<RoomEvent> next_event();  // does not wait

  /// Lets a held process go on.
  void release(pid_t pid);

  /// The calls that a process has made so far (fault.hpp, count_calls()), and with `family` those of
  /// everybody whom it has forked: exact when it is asleep or has ended. Nothing when they are not counted.
  std::optional<CallCounts> counts(pid_t pid, bool family = false) const;

  /// Ends what was loaded for Launch::zygote. No program is affected.
  void end_zygotes();
  /// Ends and reaps every process but init; returns when none is left.
  void end_all();

  /// What outlives processes, now: exact in a namespace room; elsewhere what has come since the room was
  /// made. Processes are those that were not started by start() or have outlived their starter.
  Ledger ledger() const;
  /// Bytes used in /tmp and /dev/shm reach the limit.
  bool scratch_full() const;

  /// O_PATH descriptor of the root directory that the programs see: for openat(2).
  int root() const;
  /// The learner's scratch directory (their working directory), as they see it: "/tmp" or below.
  std::string scratch() const;
  /// Where something below /lab is in this room: place("bin"), place("out"), place of a bind.
  std::string place(const std::string& name) const;

  /// Two more networks, the hosts of a cable; once in a room, and the cable is the caller's (Host::network
  /// stays in the room). Throws std::runtime_error that says why there can be none: no namespaces, no veth.
  Cable lay_cable();
  /// A socket of the caller's own in the room's network (0) or in that of a host (1, 2): socket(2).
  /// In a bare room it is one of the machine's.
  Fd open_socket(unsigned host, int domain, int type, int protocol = 0);

  pid_t init_pid() const;
  /// Inside the room's namespaces, for observe/: a NETLINK_SOCK_DIAG socket (-1: none).
  int sock_diag() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// What Room would get here, without making one that stays. `why` says what forbids namespaces and how to
/// lift it.
struct Probe {
  Level level{};
  std::string why;
};
Probe probe();

}  // namespace ipclab::room
