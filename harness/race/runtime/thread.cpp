// Threads: created, ended, joined.
#include <pthread.h>
#include <threads.h>

#include "race/runtime/memory.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/sync.hpp"
#include "race/runtime/task.hpp"
#include "race/runtime/thread.hpp"

using namespace ipclab::race;

namespace {

struct Start {
  void* (*routine)(void*);
  void* argument;
  Index task;
  std::atomic<bool> taken;
};

/// Runs its destructor whichever way the thread ends: return, pthread_exit or cancellation.
pthread_key_t end_key;
pthread_once_t end_key_once = PTHREAD_ONCE_INIT;

/// Other destructors may still run after the first round; the thread is a task until the last.
void at_end(void* rounds) {
  const auto left = reinterpret_cast<std::uintptr_t>(rounds);
  if (left > 1) ::pthread_setspecific(end_key, reinterpret_cast<void*>(left - 1));
  else end_task();
}

void make_end_key() { ::pthread_key_create(&end_key, at_end); }

/// A stack that an ended thread had before.
void forget_stack() {
  pthread_attr_t attributes;
  void* low = nullptr;
  std::size_t size = 0;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return;
  if (::pthread_attr_getstack(&attributes, &low, &size) == 0)
    forget(reinterpret_cast<std::uint64_t>(low), size);
  ::pthread_attr_destroy(&attributes);
}

/// This thread has become a task.
void begins() {
  forget_stack();
  ::pthread_setspecific(end_key, reinterpret_cast<void*>(PTHREAD_DESTRUCTOR_ITERATIONS));
}

void prepare_end() {
  static constinit Real<int(pthread_once_t*, void (*)())> once("pthread_once");
  once(&end_key_once, make_end_key);
}

void* run(void* argument) {
  Start& start = *static_cast<Start*>(argument);
  const auto routine = start.routine;
  void* const its_argument = start.argument;
  ++self.busy;
  if (start.task) {
    become(start.task);
    begins();
  }
  const bool watched = start.task != 0;
  start.taken.store(true, std::memory_order_release);  // from here on `start` may be gone
  if (watched) scheduler::join_in();
  --self.busy;
  return routine(its_argument);
}

Index task_of(pthread_t thread) {
  Record& r = *record();
  for (Index i = r.tasks_used.load(); i > 0; --i)
    if (i < kTasks && r.tasks[i].process == process &&
        r.tasks[i].thread == static_cast<std::uint64_t>(thread))
      return i;
  return 0;
}

void joined(Index task) {
  if (!task) return;
  const Inside inside;
  learn(record()->tasks[task].clock);
  record()->tasks[task].thread = 0;  // the number may be given again
}

}  // namespace

bool ipclab::race::begin_stranger() {
  ++self.busy;
  prepare_end();
  const bool watched = become_stranger();
  if (watched) begins();
  --self.busy;
  return watched;
}

IPCLAB_INTERPOSE(int, pthread_create, pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)
(pthread_t* thread, const pthread_attr_t* attributes, void* (*routine)(void*), void* argument) {
  if (!watched()) return real_pthread_create(thread, attributes, routine, argument);
  scheduler::point(What::start, nullptr, IPCLAB_PLACE);
  const Inside inside;
  prepare_end();
  set_threaded(true);
  Start start{routine, argument, prepare_task(process, record()->processes[process].threads.fetch_add(1) + 1),
              false};
  const int error = real_pthread_create(thread, attributes, run, &start);
  if (error != 0) {
    discard(start.task);
    return error;
  }
  while (!start.taken.load(std::memory_order_acquire)) ::sched_yield();
  return 0;
}

IPCLAB_INTERPOSE(int, pthread_cancel, pthread_t)(pthread_t thread) {
  const bool in_turn = scheduler::active();
  scheduler::point(What::wake, nullptr, IPCLAB_PLACE);
  const int error = real_pthread_cancel(thread);
  if (const Index task = in_turn && error == 0 ? task_of(thread) : 0) {
    const Inside inside;
    scheduler::interrupt(record()->tasks[task]);
  }
  return error;
}

IPCLAB_INTERPOSE(int, pthread_tryjoin_np, pthread_t, void**)(pthread_t thread, void** result) {
  const Index task = watched() ? task_of(thread) : 0;
  scheduler::point(What::join, nullptr, IPCLAB_PLACE);
  const int error = real_pthread_tryjoin_np(thread, result);
  if (error == 0) joined(task);
  return error;
}

IPCLAB_INTERPOSE(int, pthread_join, pthread_t, void**)(pthread_t thread, void** result) {
  const Index task = watched() ? task_of(thread) : 0;
  if (task)  // under the scheduler its last step comes first; what is left of it then takes no turn
    scheduler::retry(What::join, nullptr, IPCLAB_PLACE, {},
                     [&] { return !scheduler::active() || is_dead(record()->tasks[task]); });
  const int error = real_pthread_join(thread, result);
  if (error == 0) joined(task);
  return error;
}

IPCLAB_INTERPOSE(int, pthread_timedjoin_np, pthread_t, void**, const timespec*)
(pthread_t thread, void** result, const timespec* until) {
  const Index task = watched() ? task_of(thread) : 0;
  const int error = real_pthread_timedjoin_np(thread, result, until);
  if (error == 0) joined(task);
  return error;
}
