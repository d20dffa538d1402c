// What a tree of processes was doing at one moment: who is in which call, on which object, and who has what
// open. Facts only; detect/ draws the conclusions. Values: no descriptor, no system call, cheap to write down
// in a test.
//
// Process and thread numbers are those of the harness's own pid namespace. They tie the parts together and
// are never printed in a report; people read Process::name and Object::name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ipclab {

/// What a thread is doing. `running` also stands for "not yet known": sleeping, polling and spinning take a
/// window of observation (about 150 ms) to tell apart.
enum class Activity {
  running,   // computing, or not asleep for long enough to say
  blocked,   // asleep in a system call until somebody else does something
  sleeping,  // asleep until a time comes (nanosleep and friends)
  polling,   // wakes by itself again and again to look, or yields in a loop
  spinning,  // has burnt CPU through the whole window
  stopped,   // by SIGSTOP or a tracer
  exited,    // see Process::exit_code
  killed,    // see Process::signal
};

enum class ObjectKind {
  pipe,
  fifo,
  terminal,
  file,
  posix_queue,
  sysv_queue,
  sysv_semaphore,
  semaphore,  // sem_t, named or in memory
  mutex,
  condition,
  rwlock,
  barrier,
  futex,  // an address that is waited on and that no known primitive explains
  file_lock,
  unix_socket,
  tcp_socket,
  udp_socket,
  raw_socket,
  eventfd,
  timerfd,
  signalfd,
  epoll,
  shared_memory,
  child,   // a process waited for by its parent
  thread,  // a thread waited for by pthread_join
  signal,  // any signal (pause, sigsuspend, sigwait)
  other,
};

/// An open descriptor.
struct Descriptor {
  int fd = -1;
  int object = -1;  // index into Snapshot::objects
  bool reads = false, writes = false;
  bool close_on_exec = false;
  bool nonblocking = false;
};

/// Something that can be waited for or held.
struct Object {
  ObjectKind kind = ObjectKind::other;
  std::string name;  // as a person would: "pipe A", "/inbox", "sem /turn", "mutex at queue+0x40", "child 2"
  std::string identity;  // equal for the same kernel object or address, whichever process names it

  // Locks. The owner is a thread; it may be one that is dead. Children and threads that are waited for: the
  // thread whose end it is (a child's first thread, so its process number); none for "any child".
  std::optional<int> owner;  // thread number
  bool owner_dead = false;
  bool robust = false;

  // Where known: messages in a queue, bytes in a pipe or socket, a semaphore's value.
  std::optional<std::int64_t> filled, capacity;

  // Processes, by number, that have mapped the memory this object lives in (futex kinds).
  std::vector<int> mapped_by;
  bool shared = false;  // … and that other processes can map, too

  // Sockets: the identity of the other end, empty when there is none (listening, unconnected, or closed).
  std::string peer;
  bool listening = false;
  bool pending = false;  // a connection that nobody has accepted yet: `peer` is the one that listens

  // Held open (or mapped) by a process outside the tree.
  bool outside_reads = false, outside_writes = false;
  std::vector<std::string> outside_readers, outside_writers;  // what they execute, where that was looked up
  // … and one of those is whoever watches (the harness, the terminal's user): what it waits for is input.
  bool watcher_reads = false, watcher_writes = false;
};

/// What has to happen for a wait to end.
enum class Need {
  data,        // somebody writes, sends, or closes the last writing end
  space,       // somebody reads, receives, or closes the last reading end
  partner,     // somebody opens the other end (FIFO)
  connection,  // somebody connects (accept)
  message,     // somebody sends a message
  room,        // somebody receives a message
  unlock,      // the owner lets go
  signal,      // somebody signals the condition, sends the signal
  post,        // somebody posts or adds
  exit,        // the child or thread ends
  wake,        // somebody calls futex wake on it
};

struct Target {
  int object = -1;  // index into Snapshot::objects
  Need need = Need::data;
  bool within_process = false;  // only a thread of the waiter's own process can: futex(2), FUTEX_PRIVATE_FLAG
  // Of a System V queue only messages of this type, or, when negative, of its absolute value or less; or of
  // any other type (msgop(2), MSG_EXCEPT).
  std::optional<std::int64_t> type = {};
  bool except_type = false;
};

/// A thread's stay in a system call. Meaningful when the thread is asleep.
struct Wait {
  std::string call;      // the system call: "read", "mq_timedreceive", "futex"
  std::string function;  // the C library function, where the stack tells: "pthread_cond_wait"; else empty
  std::string where;     // "file.cpp:31", where debug information tells; else empty
  int fd = -1;           // the descriptor in the call's arguments
  std::vector<Target> any_of;              // any one of them ends the wait
  bool through_epoll = false;              // … and others, which another thread may add to the set
  std::optional<double> time_out_seconds;  // it ends by itself after at most this long
};

struct Thread {
  int tid = 0;
  Activity activity = Activity::running;
  Wait wait;
  std::uint64_t switches = 0;  // times it has been given a CPU; equal in two looks: it did not run in between
};

struct Process {
  int pid = 0;
  int parent = 0;
  std::string name;     // as a person would: "alice", "parent", "child 2 of pipeline", "cat"
  std::string program;  // base name of what it executes
  Activity activity =
      Activity::running;  // of the process as a whole: exited, killed, or its liveliest thread's
  std::vector<Thread> threads;
  std::vector<Descriptor> descriptors;
  int exit_code = 0;         // when exited
  int signal = 0;            // when killed
  bool zombie = false;       // ended, and its parent has not waited for it
  bool orphan = false;       // its parent ended first
  bool timer_armed = false;  // a POSIX or interval timer, or one that cannot be excluded, may interrupt it
  bool signal_may_end_wait = false;  // SIGCHLD, SIGALRM … is caught and its sender may still be alive
  bool held = false;                 // a check holds it at a system call (room/fault.hpp)
};

struct Snapshot {
  std::vector<Process> processes;
  std::vector<Object> objects;

  /// True when no thread of the tree ran from before the first of the looks behind this snapshot until after
  /// the last (equal switch counters): all of it was true at the same instant.
  bool proved = false;
  /// Data that only the kernel moves is on its way (TCP queues, UDP delivery): nobody needs to act for it to
  /// arrive.
  bool data_in_flight = false;
  /// The names in the tree (ports, FIFOs, queues) can be used by processes outside it: a server waits for
  /// clients.
  bool open_world = false;
  /// No packet comes from outside the tree: a network namespace of its own without a way out.
  bool closed_network = false;
  /// Whoever watches gives no input before something else happens: waiting for it can never end either.
  bool watcher_waits = false;
  /// A sentence about what could not be read and makes every answer weaker ("no permission to look into
  /// cat").
  std::string unseen;

  const Process* find(int pid) const;
  const Process* find_by_thread(int tid) const;
};

std::string to_string(Activity);
std::string to_string(ObjectKind);
std::string to_string(Need);

}  // namespace ipclab
