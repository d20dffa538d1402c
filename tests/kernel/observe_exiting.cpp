// A fact that observe/proc.cpp stands on: while a process ends, /proc/PID/stat has PF_EXITING (4) among its
// flags (the 9th field), and a parent in vfork(2) is in state D.
#include <sys/syscall.h>

#include "fact.hpp"

struct Stat {
  char state = 0;
  unsigned flags = 0;
};

static Stat stat_of(pid_t pid) {
  const std::string text = text_of("/proc/" + std::to_string(pid) + "/stat");
  Stat stat;
  const auto at = text.rfind(") ");
  if (at != text.npos)
    std::sscanf(text.c_str() + at + 2, "%c %*d %*d %*d %*d %*d %u", &stat.state, &stat.flags);
  return stat;
}

int main() {
  const pid_t living = forked([] { ::pause(); });
  asleep_in(living, SYS_pause);
  HOLDS((stat_of(living).flags & 4) == 0);
  ::kill(living, SIGKILL);
  siginfo_t info;
  HOLDS(::waitid(P_PID, static_cast<id_t>(living), &info, WEXITED | WNOWAIT) == 0);
  HOLDS(stat_of(living).state == 'Z' && (stat_of(living).flags & 4));
  status_of(living);

  const pid_t parent = forked([] {
    if (::vfork() == 0)
      for (;;) ::syscall(SYS_pause);
  });
  while (stat_of(parent).state != 'D') ::sched_yield();
  const std::string call = text_of("/proc/" + std::to_string(parent) + "/syscall");
  HOLDS(call.starts_with(std::to_string(SYS_vfork) + " ") ||
        call.starts_with(std::to_string(SYS_clone) + " "));
  ::kill(
      std::atoi(text_of("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children")
                    .c_str()),
      SIGKILL);
  end(parent);
  return 0;
}
