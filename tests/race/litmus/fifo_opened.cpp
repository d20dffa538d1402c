// RACE
// A FIFO opens when both sides are there: each knows what the other did before.
#include <sys/stat.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>(2);
  char name[] = "/tmp/litmus-XXXXXX";
  if (!::mkdtemp(name)) return 1;
  if (::chdir(name) != 0) return 1;
  ::mkfifo("fifo", 0600);
  child([=] {
    value[0] = 1;
#ifdef MENDED
    value[1] = 1;
#endif
    const int fd = ::open("fifo", O_WRONLY);
#ifndef MENDED
    value[1] = 1;  // A
#endif
    ::close(fd);
  });
  const int fd = ::open("fifo", O_RDONLY);
  use(value[0]);
  use(value[1]);  // B
  ::close(fd);
  reap_all();
  ::unlink("fifo");
  ::rmdir(name);
}
