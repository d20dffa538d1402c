// Processes: fork, exec, exit to wait.
#include <assert.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "race/runtime/memory.hpp"
#include "race/runtime/process.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace {

constinit __thread Index forked = 0;  // the task prepared for the child of this thread's fork
char record_variable[300];

void before_fork() {
  forked = 0;
  if (!watched()) return;
  const Inside inside;
  forked = prepare_process();
  if (forked) hold_mappings();
}

void after_fork_in_parent() {
  if (forked) release_mappings();
}

void after_fork_in_child() {
  if (!forked) {
    self.task = nullptr;  // more than can be watched
    self.fast = self.epoch = 0;
    return;
  }
  const Inside inside;
  release_mappings();
  become(forked);
  if (threaded) leave_own_memory();
  set_threaded(false);
  scheduler::join_in();
}

/// Programs that are started by others than fork and exec of ours know what their starter knew.
void spawns() {
  if (!watched()) return;
  const Inside inside;
  Record& r = *record();
  const Holding holding(r.turn);
  Index clock = r.spawned.load();
  if (Clock* known = made(clock)) join(*known, self.task->clock);
  r.spawned.store(clock);
  next_epoch();
}

/// A child made by vfork still runs in its parent's memory: it is none of our processes yet.
bool is_own_process() { return self.task && record()->processes[process].pid == ::getpid(); }

class Executing {
 public:
  Executing() {
    if (!watched()) return;
    own_ = is_own_process();
    if (own_) {
      away_.emplace(0);
      record()->processes[process].executing.store(1);
    } else {
      spawns();
      if (record()->scheduled) scheduler::expect_program();
    }
  }
  ~Executing() {  // it failed
    if (own_) record()->processes[process].executing.store(0);
    else if (watched() && record()->scheduled) record()->expected.fetch_sub(1);
  }

 private:
  bool own_ = false;
  std::optional<scheduler::Away> away_;
};

unsigned count(char* const* list) {
  unsigned n = 0;
  while (list && list[n]) ++n;
  return n;
}

/// The environment with the record's name in it; `room` is for count(environment) + 2 pointers.
char* const* with_record(char* const* environment, char** room) {
  if (!self.task) return environment;
  unsigned n = 0;
  for (; environment && environment[n]; ++n) {
    if (record_path(environment[n])) return environment;
    room[n] = environment[n];
  }
  room[n] = record_variable;
  room[n + 1] = nullptr;
  return room;
}

/// The child's end, or that it stopped: what it did is known to whoever learns it.
void learnt(pid_t pid, int status) {
  if (pid <= 0 || !watched()) return;
  const Inside inside;
  learn_from_process(pid, WIFEXITED(status) || WIFSIGNALED(status));
}

}  // namespace

namespace ipclab::race {

const char* record_path(const char* entry) {
  const std::size_t length = strlen(kVariable);
  return strncmp(entry, kVariable, length) == 0 && entry[length] == '=' ? entry + length + 1 : nullptr;
}

void watch_forks(const char* path) {
  strcpy(record_variable, kVariable);
  strcat(record_variable, "=");
  strncat(record_variable, path, sizeof record_variable - sizeof kVariable - 2);
  ::pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

}  // namespace ipclab::race

IPCLAB_INTERPOSE(pid_t, fork, void)() {
  scheduler::point(What::start, nullptr, IPCLAB_PLACE);
  const pid_t pid = real_fork();
  if (pid < 0) discard(forked);
  else if (pid > 0 && forked) record()->processes[record()->tasks[forked].process].pid = pid;
  return pid;
}

#define ENVIRONMENT(environment) \
  with_record(environment, static_cast<char**>(__builtin_alloca((count(environment) + 2) * sizeof(char*))))

IPCLAB_INTERPOSE(int, execve, const char*, char* const*, char* const*)
(const char* path, char* const* arguments, char* const* environment) {
  char* const* const all = ENVIRONMENT(environment);
  const Executing executing;
  return real_execve(path, arguments, all);
}

IPCLAB_INTERPOSE(int, execvpe, const char*, char* const*, char* const*)
(const char* file, char* const* arguments, char* const* environment) {
  char* const* const all = ENVIRONMENT(environment);
  const Executing executing;
  return real_execvpe(file, arguments, all);
}

IPCLAB_INTERPOSE(int, fexecve, int, char* const*, char* const*)
(int fd, char* const* arguments, char* const* environment) {
  char* const* const all = ENVIRONMENT(environment);
  const Executing executing;
  return real_fexecve(fd, arguments, all);
}

#define ENTRY extern "C" __attribute__((visibility("default")))

ENTRY int execv(const char* path, char* const* arguments) { return ::execve(path, arguments, environ); }
ENTRY int execvp(const char* file, char* const* arguments) { return ::execvpe(file, arguments, environ); }

// The arguments of execl and its kin, as an array.
#define COLLECT(first, last)                                                         \
  va_list list;                                                                      \
  va_start(list, first);                                                             \
  unsigned n = 1;                                                                    \
  while (va_arg(list, const char*)) ++n;                                             \
  va_end(list);                                                                      \
  auto** arguments = static_cast<char**>(__builtin_alloca((n + 1) * sizeof(char*))); \
  va_start(list, first);                                                             \
  arguments[0] = const_cast<char*>(first);                                           \
  for (unsigned i = 1; i <= n; ++i) arguments[i] = va_arg(list, char*);              \
  char** const environment = last ? va_arg(list, char**) : environ;                  \
  va_end(list);

ENTRY int execl(const char* path, const char* first, ...) {
  COLLECT(first, false)
  return ::execve(path, arguments, environment);
}
ENTRY int execle(const char* path, const char* first, ...) {
  COLLECT(first, true)
  return ::execve(path, arguments, environment);
}
ENTRY int execlp(const char* file, const char* first, ...) {
  COLLECT(first, false)
  return ::execvpe(file, arguments, environment);
}

IPCLAB_INTERPOSE(int, posix_spawn, pid_t*, const char*, const posix_spawn_file_actions_t*,
                 const posix_spawnattr_t*, char* const*, char* const*)
(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,
 char* const* arguments, char* const* environment) {
  spawns();
  const int error = real_posix_spawn(pid, path, actions, attributes, arguments, ENVIRONMENT(environment));
  if (error == 0) scheduler::expect_program();
  return error;
}

IPCLAB_INTERPOSE(int, posix_spawnp, pid_t*, const char*, const posix_spawn_file_actions_t*,
                 const posix_spawnattr_t*, char* const*, char* const*)
(pid_t* pid, const char* file, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,
 char* const* arguments, char* const* environment) {
  spawns();
  const int error = real_posix_spawnp(pid, file, actions, attributes, arguments, ENVIRONMENT(environment));
  if (error == 0) scheduler::expect_program();
  return error;
}

IPCLAB_INTERPOSE(int, system, const char*)(const char* command) {
  spawns();
  const scheduler::Away away(IPCLAB_PLACE);
  const int status = real_system(command);
  if (watched()) {
    const Inside inside;
    learn_from_dead();  // whatever it started has ended, or nobody waits for it
  }
  return status;
}

IPCLAB_INTERPOSE(FILE*, popen, const char*, const char*)(const char* command, const char* mode) {
  spawns();
  return real_popen(command, mode);
}

IPCLAB_INTERPOSE(int, pclose, FILE*)(FILE* stream) {
  const scheduler::Away away(IPCLAB_PLACE);
  const int status = real_pclose(stream);
  if (watched()) {
    const Inside inside;
    learn_from_dead();
  }
  return status;
}

/// Who has another parent than at first learns that the first is gone.
IPCLAB_INTERPOSE(pid_t, getppid, void)() noexcept {
  const pid_t pid = real_getppid();
  if (watched()) {
    const Inside inside;
    const Index parent = record()->processes[process].parent;
    if (parent && record()->processes[parent].pid != pid) learn_from_dead();
  }
  return pid;
}

IPCLAB_INTERPOSE(pid_t, wait4, pid_t, int*, int, rusage*)
(pid_t which, int* status, int options, rusage* usage) {
  int mine = 0;
  pid_t pid = 0;
  if (options & WNOHANG) scheduler::point(What::join, nullptr, IPCLAB_PLACE);
  if (scheduler::active() && !(options & WNOHANG))
    scheduler::retry(What::join, nullptr, IPCLAB_PLACE, {},
                     [&, interruption = scheduler::Interruption()]() mutable {
                       pid = real_wait4(which, &mine, options | WNOHANG, usage);
                       if (pid == 0 && interruption.came()) pid = -1;
                       return pid != 0;
                     });
  else pid = real_wait4(which, &mine, options, usage);
  if (pid > 0 && status) *status = mine;
  learnt(pid, mine);
  return pid;
}

ENTRY pid_t waitpid(pid_t which, int* status, int options) {
  return ::wait4(which, status, options, nullptr);
}
ENTRY pid_t wait(int* status) { return ::wait4(-1, status, 0, nullptr); }
ENTRY pid_t wait3(int* status, int options, rusage* usage) noexcept {
  return ::wait4(-1, status, options, usage);
}

IPCLAB_INTERPOSE(int, waitid, idtype_t, id_t, siginfo_t*, int)
(idtype_t type, id_t id, siginfo_t* info, int options) {
  siginfo_t mine{};
  int result = 0;
  const auto look = [&](int how) { return result = real_waitid(type, id, &mine, how); };
  if (options & WNOHANG) scheduler::point(What::join, nullptr, IPCLAB_PLACE);
  if (scheduler::active() && !(options & WNOHANG))
    scheduler::retry(What::join, nullptr, IPCLAB_PLACE, {},
                     [&, interruption = scheduler::Interruption()]() mutable {
                       if (look(options | WNOHANG) != 0 || mine.si_pid != 0) return true;
                       if (interruption.came()) result = -1;
                       return result != 0;
                     });
  else look(options);
  if (result == 0) {
    if (info) *info = mine;
    const bool ended = mine.si_code == CLD_EXITED || mine.si_code == CLD_KILLED || mine.si_code == CLD_DUMPED;
    learnt(mine.si_pid, ended ? 0 : 0x7f);
  }
  return result;
}

// The end of a process is the last step that it takes.

IPCLAB_INTERPOSE(void, _exit, int)(int status) {
  scheduler::point(What::end, nullptr, IPCLAB_PLACE);
  scheduler::leave(true);
  real__exit(status);
  __builtin_unreachable();
}
ENTRY void _Exit(int status) noexcept { ::_exit(status); }
/// Its last store was made before (late_store.hpp).
IPCLAB_INTERPOSE(void, abort)() noexcept {
  real_abort();
  __builtin_unreachable();
}
IPCLAB_INTERPOSE(void, __assert_fail, const char*, const char*, unsigned, const char*)
(const char* what, const char* file, unsigned line, const char* function) noexcept {
  real___assert_fail(what, file, line, function);
  __builtin_unreachable();
}

/// After the destructors of everybody else.
__attribute__((destructor(101))) static void at_exit() { scheduler::leave(true); }
