// A fact that every proof of observe/watch.hpp stands on: the third number of /proc/PID/schedstat counts the
// times that a task was given a CPU. It stands still while the task sleeps, and has grown when it has run.
#include <sys/syscall.h>

#include "fact.hpp"

static unsigned long switches_of(pid_t pid) {
  unsigned long on_cpu, waiting, switches;
  const std::string text = text_of("/proc/" + std::to_string(pid) + "/schedstat");
  if (std::sscanf(text.c_str(), "%lu %lu %lu", &on_cpu, &waiting, &switches) != 3) std::exit(kCannotBeTried);
  return switches;
}

int main() {
  int to[2], from[2];
  HOLDS(::pipe(to) == 0 && ::pipe(from) == 0);
  const pid_t echo = forked([&] {
    char byte;
    while (::read(to[0], &byte, 1) == 1) (void)!::write(from[1], &byte, 1);
  });
  unsigned long before = 0;
  for (int round = 0; round < 1000; ++round) {
    asleep_in(echo, SYS_read);
    const unsigned long asleep = switches_of(echo);
    HOLDS(asleep > before);
    HOLDS(switches_of(echo) == asleep);
    before = asleep;
    char byte = 'x';
    HOLDS(::write(to[1], &byte, 1) == 1 && ::read(from[0], &byte, 1) == 1);
  }
  end(echo);
  return 0;
}
