// RACE
// A child that is killed before it has begun.
#include <signal.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  for (int i = 0; i < 5; ++i) {
    const pid_t pid = child([=] {
      for (;;) ::pause();
    });
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  child([=] {
    *value = 1;  // A
  });
#ifdef MENDED
  reap_all();
#endif
  use(*value);  // B
  reap_all();
}
