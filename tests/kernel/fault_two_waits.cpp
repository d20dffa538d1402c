// A fact that room/tracer.cpp stands on: the end of a traced process that is somebody else's child is
// reported twice, first to the tracer, and only when that has waited for it to the parent. Until then the
// parent waits.
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main() {
  int started[2], told[2];
  (void)!::pipe(started);
  (void)!::pipe(told);
  const pid_t parent = ::fork();
  if (parent == 0) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::pause();
      ::_exit(1);
    }
    (void)!::write(started[1], &child, sizeof child);
    int status = 0;
    const bool right = ::waitpid(child, &status, 0) == child && WIFSIGNALED(status);
    (void)!::write(told[1], &right, 1);
    ::_exit(0);
  }
  pid_t child = 0;
  if (::read(started[0], &child, sizeof child) != sizeof child) return 1;
  if (::ptrace(PTRACE_SEIZE, child, 0, 0) != 0) return 77;
  ::kill(child, SIGKILL);
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT | __WALL) != 0) return 1;
  // It has ended, and only a look has been taken: the parent has not been told.
  siginfo_t parents{};
  ::waitid(P_PID, static_cast<id_t>(parent), &parents, WEXITED | WNOHANG | WNOWAIT);
  if (parents.si_pid != 0) return 1;
  const auto faults = [] {
    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    return usage.ru_minflt;
  };
  int status = 0;
  const long before = faults();
  if (::waitpid(child, &status, __WALL) != child || faults() != before) return 1;
  bool right = false;
  if (::read(told[0], &right, 1) != 1) return 1;
  ::waitpid(parent, nullptr, 0);
  return right && faults() > before ? 0 : 1;
}
