// RACE
// The same with sigwait.
#include <signal.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  sigset_t blocked;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
  const pid_t other = child([&] {
    int signal;
    ::sigwait(&blocked, &signal);
    use(*value);  // A
  });
#ifdef MENDED
  *value = 1;
#endif
  ::kill(other, SIGUSR1);
#ifndef MENDED
  *value = 1;  // B
#endif
  reap_all();
}
