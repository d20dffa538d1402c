#include "process/keeper.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include "base/signals.hpp"
#include "base/syscall.hpp"

namespace ipclab::process {
namespace {

/// Field 4 of /proc/PID/stat; the name before it is in brackets and may hold anything (proc(5)).
pid_t parent_of(int proc, const char* pid) {
  char path[sizeof(dirent64::d_name) + 8];
  std::strcpy(path, pid);
  std::strcat(path, "/stat");
  const int fd = ::openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  char text[512];
  const ssize_t size = ::read(fd, text, sizeof text - 1);
  ::close(fd);
  if (size <= 0) return -1;
  text[size] = '\0';
  const char* bracket = std::strrchr(text, ')');
  return bracket ? std::atoi(bracket + 4) : -1;
}

/// SIGKILL to every child. A child's pid cannot be used again before we have waited for it: no pidfd needed.
/// (/proc/PID/task/TID/children would be shorter, but not every kernel is built with it.)
bool kill_children() {
  const int proc = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0) return false;
  bool any = false;
  alignas(dirent64) char block[4096];
  for (long size; (size = ::syscall(SYS_getdents64, proc, block, sizeof block)) > 0;) {
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const dirent64*>(block + at);
      at += entry->d_reclen;
      if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
      if (parent_of(proc, entry->d_name) != ::getpid()) continue;
      any |= ::kill(std::atoi(entry->d_name), SIGKILL) == 0;
    }
  }
  ::close(proc);
  return any;
}

void report(const Keeping& keeping, Report::Kind kind, int value) {
  const Report report{kind, value};
  (void)!::write(keeping.reports, &report, sizeof report);
}

/// Takes what has ended. False: no child is left.
bool reap(const Keeping& keeping, pid_t program, int flags, bool& program_ended) {
  int status;
  pid_t pid;
  while ((pid = ::waitpid(-1, &status, flags)) > 0) {
    if (pid == program) {
      program_ended = true;
      report(keeping, Report::Kind::ended, status);
    }
    flags |= WNOHANG;
  }
  return pid == 0 || errno != ECHILD;
}

/// The children of a child that is killed become ours: so round after round until none is left.
void end_tree(const Keeping& keeping, pid_t program) {
  bool ended = false;
  while (reap(keeping, program, WNOHANG, ended) && kill_children() && reap(keeping, program, 0, ended)) {
  }
}

[[noreturn]] void keep(const Keeping& keeping, pid_t program, int signals) {
  pollfd waits[] = {{signals, POLLIN, 0}, {keeping.orders, POLLIN, 0}};
  bool program_ended = false;
  for (;;) {
    retried([&] { return ::poll(waits, 2, -1); });
    signalfd_siginfo info;
    if (waits[0].revents) (void)!::read(signals, &info, sizeof info);
    if (!reap(keeping, program, WNOHANG, program_ended)) break;
    if (waits[1].revents || (program_ended && !keeping.outlives)) {
      end_tree(keeping, program);
      break;
    }
  }
  ::_exit(0);
}

void close_all_but(int a, int b, int c) {
  int kept[] = {a < b ? a : b, a < b ? b : a, c};
  if (kept[2] < kept[1]) kept[2] = kept[1], kept[1] = c;
  if (kept[1] < kept[0]) kept[1] = kept[0], kept[0] = c;
  int from = 0;
  for (const int fd : kept) {
    if (fd > from) ::close_range(static_cast<unsigned>(from), static_cast<unsigned>(fd - 1), 0);
    from = fd + 1;
  }
  ::close_range(static_cast<unsigned>(from), ~0U, 0);
}

}  // namespace

int become_kept(const Keeping& keeping) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  sigset_t every;
  ::sigfillset(&every);
  // Ctrl-C reaches the whole foreground group: the keeper must outlive it to clean up after us.
  ::sigprocmask(SIG_SETMASK, &every, nullptr);
  // Where it is ignored there are no statuses to wait for. Now, because it discards one that is pending.
  ::signal(SIGCHLD, SIG_DFL);
  const pid_t program = ::fork();
  if (program < 0) return -1;
  if (program == 0) {
    default_signals();
    return 0;
  }
  // While we hold the launcher's pipe: it reads this as soon as that is closed.
  report(keeping, Report::Kind::started, program);
  sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  const int signals = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  close_all_but(signals, keeping.orders, keeping.reports);
  keep(keeping, program, signals);
}

}  // namespace ipclab::process
