// RACE
// A program that is started by vfork is one that may still come.
#include "litmus.hpp"
int main(int count, char** arguments) {
  if (count > 1) return 5;
  auto* value = shared<int>();
  const pid_t pid = ::vfork();
  if (pid == 0) {
    ::execl("/proc/self/exe", arguments[0], "again", nullptr);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WEXITSTATUS(status) != 5) return 1;
  child([=] {
    *value = 1;  // A
  });
#ifdef MENDED
  reap_all();
#endif
  use(*value);  // B
  reap_all();
}
