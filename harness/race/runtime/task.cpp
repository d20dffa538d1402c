#include "race/runtime/task.hpp"

#include <linux/futex.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/image.hpp"
#include "race/runtime/memory.hpp"
#include "race/runtime/process.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/stack.hpp"

namespace ipclab::race {

bool threaded = false;
bool looks_at_own = false;
Index process = 0;

namespace {

constinit Real<int(pthread_mutex_t*)> lock_mutex("pthread_mutex_lock");

/// Nobody can race with its own past: a slot is free for a task that knows everything of the slot's last one.
bool given_on(Cell& slot, unsigned number, const Clock& known, Index to, bool at_any_price) {
  Index last = slot.load(std::memory_order_acquire);
  if (last == 0) return false;
  Record& r = *record();
  Task& task = r.tasks[last];
  const std::uint32_t end = task.clock.at[number];
  if (!is_dead(task) || (known.at[number] < end && !at_any_price)) return false;
  if (!slot.compare_exchange_strong(last, to)) return false;
  r.tasks[to].clock.at[number] = end + 1;
  return true;
}

bool take_slot(Task& task, Index index) {
  Record& r = *record();
  const Clock known = task.clock;
  for (const bool at_any_price : {false, true}) {
    for (unsigned i = 0; i < kSlots; ++i) {
      Cell& slot = r.slot_task[i];
      Index nobody = 0;
      if (slot.compare_exchange_strong(nobody, index)) {
        Index used = slots();
        while (used <= i && !r.slots_used.compare_exchange_weak(used, i + 1)) {
        }
        task.clock.at[i] = 1;
        task.slot = i;
        return true;
      }
      if (given_on(slot, i, known, index, at_any_price)) {
        task.slot = i;
        if (at_any_price) r.full.store(1);
        return true;
      }
    }
  }
  r.full.store(1);
  return false;
}

void show_epoch() {
  Task& task = *self.task;
  self.epoch = std::uint64_t{task.clock.at[task.slot]} << kClockShift | std::uint64_t{task.slot}
                                                                            << kSlotShift;
  self.fast = record()->scheduled ? ~0ull : self.epoch;
}

/// The program that exec started in a process that was one of ours.
Index executed_process() {
  Record& r = *record();
  const int pid = ::getpid();
  for (Index i = r.processes_used.load(); i > 0; --i)
    if (r.processes[i].pid == pid && r.processes[i].executing.load()) return i;
  return 0;
}

Index new_process(Index parent) {
  Record& r = *record();
  const Index index = grow(r.processes_used, kProcesses);
  if (!index) return 0;
  Process& fresh = r.processes[index];
  fresh.parent = parent;
  if (parent) {
    fresh.child = r.processes[parent].children.fetch_add(1) + 1;
    fresh.image = r.processes[parent].image;
  }
  return index;
}

/// Of a program that nobody of ours started by fork: what was over when it began, it knows; and what those
/// knew who may have had it started (system, posix_spawn, a shell between). Of a thread that the library
/// started (its number is not 0): what was over in its process.
Index unknown_task(unsigned number) {
  Record& r = *record();
  const Index index = process ? grow(r.tasks_used, kTasks) : 0;
  if (!index) return 0;
  Task& task = r.tasks[index];
  for (Index i = r.tasks_used.load(); i > 0; --i)
    if (i != index && i < kTasks && (number == 0 || r.tasks[i].process == process) && is_dead(r.tasks[i]))
      join(task.clock, r.tasks[i].clock);
  if (const Index spawned = r.spawned.load()) join(task.clock, clock_at(spawned));
  task.process = process;
  task.number = number;
  task.root = new_root(index);
  task.state.store(kReady);
  return take_slot(task, index) ? index : 0;
}

/// Exec ended every thread but one; the first task of the process goes on.
Index executed_task() {
  Record& r = *record();
  Index found = 0;
  Clock all{};
  for (Index i = r.tasks_used.load(); i > 0; --i) {
    Task& task = r.tasks[i];
    if (task.process != process) continue;
    join(all, task.clock);
    if (task.number == 0) found = i;
    else task.state.store(kEnded);
  }
  if (!found) return 0;
  Task& task = r.tasks[found];
  ++all.at[task.slot];
  copy(task.clock, all);
  task.locks = 0;
  task.root = new_root(found);
  return found;
}

}  // namespace

void set_threaded(bool now) {
  threaded = now;
  looks_at_own = now || record()->scheduled;
}

bool is_dead(const Task& task) {
  if (task.state.load(std::memory_order_acquire) == kEnded) return true;
  if (task.state.load() != kRunning) return false;
  const auto word = reinterpret_cast<const std::atomic<std::uint32_t>&>(task.alive.__data.__lock).load();
  return (word & FUTEX_OWNER_DIED) != 0 && record()->processes[task.process].executing.load() == 0;
}

Index prepare_task(Index of_process, unsigned number) {
  Record& r = *record();
  const Index index = of_process ? grow(r.tasks_used, kTasks) : 0;
  if (!index) return 0;
  Task& task = r.tasks[index];
  copy(task.clock, self.task->clock);
  task.process = of_process;
  task.number = number;
  task.root = new_root(index);
  if (!take_slot(task, index)) return 0;
  scheduler::prepare(task);
  task.state.store(kReady, std::memory_order_release);
  next_epoch();
  return index;
}

Index prepare_process() { return prepare_task(new_process(process), 0); }

void become(Index index) {
  Task& task = record()->tasks[index];
  self.task = &task;
  self.index = index;
  for (Frame& frame : self.frames) frame.node = 0;  // a fork goes on in its parent's frames
  process = task.process;
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  ::memset(&task.alive, 0, sizeof task.alive);  // exec leaves it with the mark of death
  static constinit Real<int(pthread_mutex_t*, const pthread_mutexattr_t*)> init("pthread_mutex_init");
  init(&task.alive, &attributes);
  lock_mutex(&task.alive);
  task.tid = static_cast<std::int32_t>(::syscall(SYS_gettid));
  task.thread = static_cast<std::uint64_t>(::pthread_self());
  if (task.number == 0) record()->processes[process].pid = ::getpid();
  task.state.store(kRunning, std::memory_order_release);
  show_epoch();
}

bool become_stranger() {
  const Index index = unknown_task(record()->processes[process].threads.fetch_add(1) + 1);
  if (!index) return false;
  scheduler::prepare(record()->tasks[index]);
  become(index);
  scheduler::join_in();
  return true;
}

void end_task() {
  if (!self.task) return;
  Task& task = *self.task;
  scheduler::leave(false);
  self.task = nullptr;
  self.fast = self.epoch = 0;
  task.state.store(kEnded, std::memory_order_release);
}

void discard(Index task) {
  if (task) record()->tasks[task].state.store(kEnded);
}

void next_epoch() {
  ++self.task->clock.at[self.task->slot];
  scheduler::progress();
  show_epoch();
}

void learn(const Clock& clock) { join(self.task->clock, clock); }

void learn_from_process(int pid, bool ended) {
  Record& r = *record();
  Index found = r.processes_used.load();
  while (found > 0 &&
         (found >= kProcesses || r.processes[found].pid != pid || r.processes[found].ended.load()))
    --found;
  if (!found) return;
  for (Index i = r.tasks_used.load(); i > 0; --i) {
    if (i >= kTasks || r.tasks[i].process != found) continue;
    learn(r.tasks[i].clock);
    if (ended) r.tasks[i].state.store(kEnded);
  }
  if (ended) r.processes[found].ended.store(1);
}

void learn_from_dead() {
  Record& r = *record();
  for (Index i = r.tasks_used.load(); i > 0; --i)
    if (i < kTasks && is_dead(r.tasks[i])) learn(r.tasks[i].clock);
}

void learn_from_all() {
  Record& r = *record();
  for (Index i = r.tasks_used.load(); i > 0; --i) {
    if (i >= kTasks) continue;
    Clock known = r.tasks[i].clock;
    if (known.at[r.tasks[i].slot] > 0) --known.at[r.tasks[i].slot];
    learn(known);
  }
}

void begin_program(const char* path) {
  if (!open_record(path)) return;
  watch_forks(path);
  set_threaded(false);
  ++self.busy;
  process = executed_process();
  const bool executed = process != 0;
  if (!executed) process = new_process(0);
  describe_image();
  if (const Index task = executed ? executed_task() : unknown_task(0)) {
    become(task);
    record()->processes[process].executing.store(0);  // until here its task has the mark of death
    scheduler::join_in();
  }
  --self.busy;
}

}  // namespace ipclab::race
