// A fact that process/keeper.cpp warns of: setting SIGCHLD to SIG_DFL throws away one that is pending, even
// while it is blocked (its default is to be ignored).
#include "fact.hpp"

int main() {
  sigset_t child, pending;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child, nullptr);
  siginfo_t info;
  const pid_t pid = forked([] {});
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  ::sigpending(&pending);
  HOLDS(::sigismember(&pending, SIGCHLD) == 1);
  ::signal(SIGCHLD, SIG_DFL);
  ::sigpending(&pending);
  HOLDS(::sigismember(&pending, SIGCHLD) == 0);
  status_of(pid);
  return 0;
}
