// The record of a run: what the runtime inside the programs writes and the reader of the launcher reads. One
// sparse file, mapped at the same fixed address in every process, so that pointers into it mean the same
// everywhere. Memory is used only where something was written.
//
// Everything in it must bear that any process is killed at any instant: tables only grow, an entry is
// complete before its index is published, and a lock names its owner, so that it can be taken over from the
// dead (runtime/arena.hpp).
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ipclab::race {

inline constexpr char kVariable[] = "IPCLAB_RACE";  // environment: the path of the record
inline constexpr std::uintptr_t kAddress = 0x2000'0000'0000;

using Index = std::uint32_t;  // into one of the record's tables; 0 is none
using Cell = std::atomic<std::uint32_t>;

inline constexpr unsigned kSlots = 128;  // tasks that are ordered by nothing, at once
inline constexpr unsigned kPageShift = 12, kPageSize = 1u << kPageShift;
inline constexpr unsigned kGranule = 8;  // bytes of data that share a piece of shadow

/// When each slot's task was last heard of. Only the slots in use are ever looked at.
struct Clock {
  std::uint32_t at[kSlots];
};

/// A lock that survives its owner's death: the owner's task, or 0.
struct Lock {
  Cell owner;
};

/// One program as started by exec: where its code lies, so that addresses can be named afterwards.
struct Image {
  char program[256];
  Cell modules;  // head of a list
};

struct Module {
  Index next;
  std::uint64_t bias, begin, end;
  char path[256];
};

struct Process {
  std::int32_t pid;
  Index parent, image;  // the parent's process, when it is one of ours
  std::uint32_t child;  // the parent's how-manieth child
  Cell children, threads, ended;
  Cell executing;  // between exec and the new program's start
  Cell timers;     // a timer is set that sends a signal or starts a thread
};

/// Why a task does not run: it could (turn), something must change first (change), a signal must come
/// (signal), time must pass, or it is in a call that only the world outside can end.
enum class Waiting : std::uint32_t { nothing, turn, change, signal, time, outside };

/// That a thread can keep back (runtime/late_store.hpp).
inline constexpr unsigned kLateStores = 4;

/// A thread of any process. Its slot may be given on once its end is known to whoever starts the next task.
struct Task {
  pthread_mutex_t alive;  // robust, locked while the task lives: the kernel marks it when the task dies
  Cell state;             // TaskState
  std::uint32_t slot;
  Index process, root;   // root: the stack node from which all its stacks hang
  std::uint32_t number;  // thread 0 is the process's first
  std::int32_t tid;
  std::uint64_t thread;  // pthread_t
  Clock clock;
  Index fence_release, fence_acquire;  // clocks of memory fences
  Index late_clocks[kLateStores];      // what it knew when it made the stores that it keeps back
  Index locks;                         // what it holds: a lock set
  // The scheduler's part (runtime/scheduler.hpp).
  Cell turn;     // futex: 1 when it should look whose turn it is
  Cell waiting;  // Waiting
  std::uint64_t priority, progress, wakes_at;
  Index object;        // a sync whose signal it waits for
  Index waits_at;      // stack
  std::uint32_t idle;  // steps since anything changed
};
enum TaskState : std::uint32_t { kFree, kReady, kRunning, kEnded };

/// One call in a stack: the place of the call, and what stands below.
struct Node {
  Index below;
  Index task;           // for the lowest node: whose stack it is
  std::uint64_t place;  // for the lowest node: the task's image then
};

enum class Memory : std::uint32_t { none, file, shm, memfd, sysv, anonymous, own };

/// Memory that several processes may map: known by the object, not by the address.
struct Region {
  Memory kind;
  Index made_at;  // stack of the first mapping
  std::uint64_t key[3];
  char name[128];
};

/// Which part of which region a shadow page stands for.
struct Page {
  Index region;
  std::uint64_t number;  // offset / kPageSize; of a process's own memory address / kPageSize
};

// A cell of shadow: who accessed which bytes, when and how, how many at a time. Empty is 0.
inline constexpr unsigned kClockShift = 32, kSlotShift = 20, kMaskShift = 12, kSizeShift = 2;
inline constexpr std::uint64_t kWrite = 1, kAtomic = 2, kMaskBits = 0xffull << kMaskShift,
                               kSizeBits = 0xfull << kSizeShift;
inline constexpr unsigned kMarks = 3;

/// An access. Read and written in one piece (runtime/shadow.hpp).
struct alignas(16) Mark {
  std::uint64_t cell;
  Index stack;
  std::uint32_t locks;
};

struct Granule {
  Mark marks[kMarks];
  Lock lock;
  Cell more;  // head of a list of Extra
};
static_assert(sizeof(Granule) == 64);

struct Shadow {
  Granule granules[kPageSize / kGranule];
};

/// What does not fit into a granule: more marks, or a synchronisation object that lies there.
struct Extra {
  Mark marks[kMarks];
  Cell next;
  Index sync;  // 0: this one holds marks
};

enum class Kind : std::uint32_t {
  unknown,
  atomic,
  mutex,
  rwlock,
  spinlock,
  condition,
  barrier,
  once,
  semaphore,
  sysv_semaphore,
  stream,
  queue,
  counter,
  file_lock,
  signal,
  other
};

/// Something that orders tasks. Lies in memory (a granule's list) or in the kernel (kernel_syncs).
struct Sync {
  Lock lock;
  Kind kind;
  Index page;                   // where it lies; 0: in the kernel
  std::uint32_t offset;         // in the page
  std::uint64_t key[3];         // of a kernel object
  Index clock, clock2;          // clock2: the readers of a rwlock, every other generation of a barrier
  Index first, last;            // a queue of Message
  std::uint64_t written, read;  // of a stream
  Index owner;                  // the task that has it
  std::uint32_t depth, count, arrived, generation;
  std::uint32_t flags;
  Index made_at;        // where it was initialised
  Index used_at, user;  // the first use and its process
  Index unheard;        // the last wake-up, if it found nobody waiting
  // A store that the owner keeps back (runtime/late_store.hpp), and its load of something else meanwhile.
  Index late, overtaken_by;
};
inline constexpr std::uint32_t kShared = 1, kKnown = 2, kInexact = 4, kReported = 8, kOwned = 16,
                               kPackets = 32;

/// The clock that travels with a message, a token or a piece of a stream.
struct Message {
  Index next, clock;
  std::uint64_t begin, end;    // bytes of the stream; or the hash of the contents
  std::uint32_t since, until;  // of the sync's count: while the sending call ran; until 0: it still runs
};

struct LockSet {
  Index below, sync, stack;
};

enum class Fault : std::uint32_t { race, not_shared, not_owner, wait_without_lock, stuck };

struct Access {
  Index stack, locks;
  std::uint32_t size;
  std::uint32_t how;  // kWrite, kAtomic
};

struct Finding {
  Fault fault;
  Index page;  // where
  std::uint32_t offset;
  Index sync;
  Access one, two;
  std::uint32_t step;  // when, by the scheduler
};

/// A load that overtook a store of its task, which a third access then did not see: stacks.
struct Reordering {
  Index store, load, missed;
};

/// What a task saw when it came upon a race: its frames, innermost first, and the memory in which the debug
/// information may say that a variable lies.
struct Scene {
  struct Frame {
    std::uint64_t place, sp;     // sp: as it was when the call returned
    std::uint64_t registers[6];  // those that calls keep: rbx, rbp, r12 … r15
  };
  struct Pointer {
    std::uint64_t at, value;
  };
  static constexpr unsigned kFrames = 12, kStack = 6144, kPointers = 32;
  std::uint64_t address;     // of the access
  std::uint64_t begin, end;  // of the mapping it lies in
  std::uint64_t bottom;      // where the copied piece of the stack began
  std::uint32_t frames, stack_bytes, pointers;
  Frame frame[kFrames];
  Pointer pointer[kPointers];  // of the program's own data: those that lead into the mapping
  unsigned char stack[kStack];
};

enum class What : std::uint32_t {
  access,
  atomic,
  lock,
  unlock,
  wait,
  wake,
  wait_semaphore,
  post,
  send,
  receive,
  start,
  join,
  sleep,
  seen,  // others see the store that was kept back
  end
};

/// A decision of the scheduler: what the task was about to do.
struct Step {
  Index task, stack;
  What what;
  Index sync;
};

inline constexpr unsigned kTasks = 1 << 14, kProcesses = 1 << 13, kImages = 1 << 12, kModules = 1 << 14,
                          kNodes = 1 << 22, kRegions = 1 << 14, kPages = 1 << 17, kSyncs = 1 << 20,
                          kExtras = 1 << 20, kClocks = 1 << 20, kMessages = 1 << 20, kLockSets = 1 << 16,
                          kFindings = 1 << 10, kSteps = 1 << 16;

struct Record {
  std::uint32_t version;
  std::uint32_t scheduled;  // one task at a time
  std::uint64_t seed;
  Cell tasks_used, processes_used, images_used, modules_used, nodes_used, regions_used, pages_used,
      syncs_used, extras_used, clocks_used, messages_used, lock_sets_used, findings_used, steps_used,
      anonymous_used;
  Cell slots_used;  // slots from 0 on that were ever given
  Cell full;        // a table was full: the run is not seen whole
  Cell slot_task[kSlots];
  Lock pool;  // of the free lists below
  Index free_clock, free_message;
  Cell spawned;  // clock of everything that programs of unknown parents may rely on
  // The scheduler's part.
  Lock turn;
  Cell running;  // the task whose turn it is
  Cell taken;    // 1: and it goes on; 0: it is still on its way
  Cell stuck;
  Cell expected;   // programs that were started and have not begun yet
  Cell departing;  // pid of the process that is just ending
  Cell gate;       // 1: nobody goes on until the launcher opens it
  Cell arrived;    // futex: programs that have begun and wait for their turn
  std::uint64_t random, progress, now;
  std::uint64_t lowest;  // priority
  Reordering reordered;  // the last one

  Task tasks[kTasks];
  Process processes[kProcesses];
  Image images[kImages];
  Module modules[kModules];
  Node nodes[kNodes];
  Cell node_index[kNodes];
  Region regions[kRegions];
  Cell region_index[kRegions * 2];
  Page pages[kPages];
  Cell page_index[kPages * 2];
  Sync syncs[kSyncs];
  Cell sync_index[kSyncs];
  Extra extras[kExtras];
  Clock clocks[kClocks];
  Message messages[kMessages];
  LockSet lock_sets[kLockSets];
  Cell lock_set_index[kLockSets];
  Finding findings[kFindings];
  Cell finding_index[kFindings * 2];
  Scene scenes[kFindings];
  Step steps_taken[kSteps];  // the last ones, in a ring
  alignas(kPageSize) Shadow shadows[kPages];
};

inline constexpr std::uint32_t kVersion = 7;

/// Where the record lies in every process that has mapped it.
inline Record* record() { return reinterpret_cast<Record*>(kAddress); }

}  // namespace ipclab::race
