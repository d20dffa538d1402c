// RACE
// The signal that a child has ended orders, before anybody has waited for it.
#include <csignal>
#include "litmus.hpp"
volatile std::sig_atomic_t ended;
int main() {
  auto* value = shared<int>();
  std::signal(SIGCHLD, [](int) { ended = 1; });
  sigset_t set, before;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &set, &before);
  child([=] { *value = 1; });  // A
#ifdef MENDED
  while (!ended) ::sigsuspend(&before);
#endif
  use(*value);  // B
  reap_all();
}
