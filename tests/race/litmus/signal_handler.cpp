// RACE
// A handler learns what the sender did before the signal.
#include <signal.h>
#include "litmus.hpp"
static int* value;
static void handler(int) {
  use(*value);  // A
}
int main() {
  value = shared<int>();
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigaction(SIGUSR1, &action, nullptr);
  const pid_t other = child([&] { ::sigsuspend(&before); });
#ifdef MENDED
  *value = 1;
#endif
  ::kill(other, SIGUSR1);
#ifndef MENDED
  *value = 1;  // B
#endif
  reap_all();
}
