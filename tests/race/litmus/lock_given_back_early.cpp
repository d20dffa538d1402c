// RACE
// Unlocking a file a second time orders nothing: nobody has the lock.
#include <sys/file.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  char path[] = "/tmp/litmus-XXXXXX";
  ::close(::mkstemp(path));
  for (int i = 0; i < 2; ++i)
    child([&] {
      const int fd = ::open(path, O_RDWR);
      ::flock(fd, LOCK_EX);
#ifndef MENDED
      ::flock(fd, LOCK_UN);
#endif
      ++*value;  // A B
      ::flock(fd, LOCK_UN);
    });
  reap_all();
  ::unlink(path);
}
