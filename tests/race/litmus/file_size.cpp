// RACE
// The size of a file tells that somebody has written there.
#include <sched.h>
#include <sys/stat.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  const int fd = ::memfd_create("litmus", 0);
  child([&] {
#ifdef MENDED
    *value = 1;
#endif
    (void)::write(fd, "done", 4);
#ifndef MENDED
    *value = 1;  // A
#endif
  });
  struct stat status {};
  while (status.st_size < 4) {
    ::sched_yield();
    ::fstat(fd, &status);
  }
  use(*value);  // B
  reap_all();
}
