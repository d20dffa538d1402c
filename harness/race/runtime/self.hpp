// The race detector's runtime, linked into programs that were compiled with -fsanitize=thread.
//
// Theory of operation. The compiler calls __tsan_read4(address), __tsan_func_entry(place) and so on for
// everything that the program does to memory (access.cpp, atomic.cpp). The C library's functions that order
// threads and processes, that map memory and that copy it are interposed here, one family a file. All
// programs of a run share one record (../record.hpp).
//
//   memory.hpp    which object an address belongs to, whatever the address: a page of a file, of a
//   shared-memory object … shadow.hpp    who accessed each 8 bytes last: a few cells, each with the task, its
//   clock, the bytes and the way clock.hpp     vector clocks: what a task knows of every other task. An
//   access whose clock the other does not know
//                 yet, to the same bytes, one of them writing, not both atomic: a race (FastTrack, Flanagan
//                 and Freund 2009)
//   sync.hpp      what passes clocks on: whoever unlocks, posts, sends *releases* its clock into a sync,
//   whoever locks,
//                 waits, receives *acquires* it. A release begins a new epoch of the task
//   task.hpp      threads of all processes, their beginning and end; clocks over fork, exec, exit and wait
//   stack.hpp     where a task is: interned nodes (call, below)
//   scheduler.hpp one task at a time, in the order of a seed; order.hpp: who is next
//   report.hpp    what was found, once per pair of places
//   arena.hpp     the record's memory and locks. A task may be killed at any instruction: tables only grow,
//   entries are
//                 published by one store, and a lock taken over from the dead is known as such
//
// The fast path: an access that the same task made already in the same epoch costs the walk of a two-level
// table and one compare per mark. What a task does in a new epoch where it has been alone so far is one
// store, without a lock. Only what others did too takes the granule's lock. Memory of its own is not watched
// while a process has one thread. A program that was not started by `ipclab race` has no record, and nothing
// is done.
//
// What runs here runs inside other people's programs: no exceptions, no allocation, errno kept, nothing
// printed.
#pragma once

#include <cerrno>

#include "race/record.hpp"

namespace ipclab::race {

struct Frame {
  std::uint64_t place;
  Index node;        // 0: not interned yet
  std::uint64_t at;  // in the stack
};

inline constexpr unsigned kFrames = 512;  // of deeper stacks the lowest part is known

/// A stack that was looked up lately.
struct Lookup {
  std::uint64_t place;
  Index below, node;
};
inline constexpr unsigned kLookups = 64;

/// An atomic store that this thread has made and others do not see yet (late_store.hpp). `make` does it.
struct LateStore {
  void (*make)(const LateStore&);
  volatile void* at;
  std::uint64_t value;
  unsigned size;
  Index clock;  // what it tells; 0: nothing
  Index sync;
  std::uint64_t place;
};

/// They are made in the order in which they were stored.
struct LateStores {
  LateStore ring[kLateStores];
  unsigned first, count;
  bool being_made;
};

/// What a thread knows of itself. All zero until it is a task.
struct Self {
  std::uint64_t
      fast;  // what its cells of this epoch look like; matches none while a scheduler wants every access
  std::uint64_t epoch;  // the same, for storing
  Task* task;
  Index index;             // of the task
  int busy;                // inside the runtime: calls pass straight through
  unsigned deferred;       // signals that came while it was busy
  unsigned unseen;         // accesses to memory that is not watched
  unsigned interruptions;  // handlers that ran and that end a waiting call
  unsigned depth, floor;   // floor: of a signal's handler, which may have a stack of its own
  Frame frames[kFrames];
  Lookup lookups[kLookups];
  LateStores late;
};

extern constinit __thread Self self __attribute__((tls_model("initial-exec")));

/// The handlers of the signals that came meanwhile (signal.cpp).
void run_deferred();

/// The first `count` of those that there are (late_store.cpp).
void make_late_stores(unsigned count);

/// Others see the late stores from here on, if there are any.
inline void show_late_stores() {
  if (self.late.count && self.busy == 0) [[unlikely]]
    make_late_stores(self.late.count);
}

inline void leave_runtime() {
  if (--self.busy == 0 && self.deferred) [[unlikely]]
    run_deferred();
}

/// For what may come before a late store: looking.
struct Overtaking {};

/// While it lives the thread is inside the runtime, and errno is kept. What it does there comes after all of
/// its stores.
class Inside {
 public:
  Inside() : error_(errno) {
    show_late_stores();
    ++self.busy;
  }
  explicit Inside(Overtaking) : error_(errno) { ++self.busy; }
  ~Inside() {
    leave_runtime();
    errno = error_;
  }
  /// What a library's function said in between is for the program.
  void keep_errno() { error_ = errno; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  int error_;
};

/// Runs a function of the library that may wait: signal handlers run at once and are watched. The caller
/// holds no lock.
template <typename Call>
auto outside(Inside& inside, Call call) {
  const int busy = self.busy;
  self.busy = 0;
  if (self.deferred) run_deferred();
  const auto result = call();
  inside.keep_errno();
  self.busy = busy;
  return result;
}

/// Is what this thread does to be seen?
inline bool watched() { return self.task && !self.busy; }

inline std::uint64_t caller(void* return_address) {
  return reinterpret_cast<std::uint64_t>(return_address) - 1;
}

}  // namespace ipclab::race

/// In an interposed function: the place in the program that called it.
#define IPCLAB_PLACE ::ipclab::race::caller(__builtin_return_address(0))
