// A fact that observe/proc.cpp stands on: /proc/PID/syscall of a thread that sleeps in a call gives its
// number, six arguments, the stack pointer and the program counter (proc(5)); of one that runs, "running".
#include <sys/syscall.h>

#include "fact.hpp"

int main() {
  int ends[2];
  HOLDS(::pipe(ends) == 0);
  char byte;
  const pid_t sleeper = forked([&] { (void)!::read(ends[0], &byte, 1); });
  const std::string text = asleep_in(sleeper, SYS_read);
  unsigned long a[6], stack = 0, counter = 0;
  long number = 0;
  HOLDS(std::sscanf(text.c_str(), "%ld %lx %lx %lx %lx %lx %lx %lx %lx", &number, &a[0], &a[1], &a[2], &a[3],
                    &a[4], &a[5], &stack, &counter) == 9);
  HOLDS(a[0] == static_cast<unsigned long>(ends[0]) && a[1] == reinterpret_cast<unsigned long>(&byte) &&
        a[2] == 1);
  end(sleeper);
  const pid_t runner = forked([] {
    for (;;) ::sched_yield();  // not asleep: on a CPU or about to be
  });
  while (text_of("/proc/" + std::to_string(runner) + "/syscall") != "running\n") {
  }
  end(runner);
  return 0;
}
