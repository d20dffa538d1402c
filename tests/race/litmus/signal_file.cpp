// RACE
// A signal read from a signalfd orders; what the sender does after it is not ordered.
#include <sys/signalfd.h>
#include <csignal>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  const pid_t parent = ::getpid();
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  const int fd = ::signalfd(-1, &set, SFD_CLOEXEC);
  child([=] {
#ifdef MENDED
    *value = 1;
    ::kill(parent, SIGUSR1);
#else
    ::kill(parent, SIGUSR1);
    *value = 1;  // A
#endif
  });
  signalfd_siginfo info;
  if (::read(fd, &info, sizeof info) != sizeof info) std::abort();
  use(*value);  // B
  reap_all();
}
