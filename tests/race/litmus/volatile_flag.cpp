// RACE
// Spinning on a flag of one's own that a signal's handler sets: whoever sends it comes to its turn.
#include <signal.h>
#include "litmus.hpp"
static volatile sig_atomic_t told;
static void tell(int) { told = 1; }
int main() {
  auto* value = shared<long>();
  ::signal(SIGUSR1, tell);
  const pid_t waits = ::getpid();
  child([=] {
#ifdef MENDED
    *value = 1;
#endif
    ::kill(waits, SIGUSR1);
#ifndef MENDED
    *value = 1;  // A
#endif
  });
  while (told == 0) {
  }
  use(*value);  // B
  reap_all();
}
