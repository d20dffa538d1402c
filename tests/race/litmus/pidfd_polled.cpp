// RACE
// A pidfd that poll reports tells of the process's end.
#include <poll.h>
#include <sys/syscall.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  const pid_t pid = child([=] { *value = 1; });  // A
  pollfd end{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)), POLLIN, 0};
#ifdef MENDED
  ::poll(&end, 1, -1);
#endif
  use(*value);  // B
  ::close(end.fd);
  reap_all();
}
