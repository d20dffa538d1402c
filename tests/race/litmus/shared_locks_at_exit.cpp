// RACE
// Two have a shared lock at once, and give it up only by their ends: the writer comes after both.
#include <sys/file.h>
#include <string>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  const std::string name = "/tmp/litmus-shared-" + std::to_string(::getpid());
  ::close(::open(name.c_str(), O_RDWR | O_CREAT, 0600));
  int locked[2];
  (void)::pipe(locked);
  for (int i = 0; i < 2; ++i) {
    child([&] {
      const int fd = ::open(name.c_str(), O_RDWR);
#ifdef MENDED
      ::flock(fd, LOCK_SH);
#else
      (void)fd;
#endif
      (void)::write(locked[1], "!", 1);
      use(*value);  // A
    });
    char told;
    (void)::read(locked[0], &told, 1);
  }
  const int fd = ::open(name.c_str(), O_RDWR);
  ::flock(fd, LOCK_EX);
  *value = 1;  // B
  reap_all();
  ::unlink(name.c_str());
}
