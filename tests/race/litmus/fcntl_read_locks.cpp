// RACE
// A read lock is no licence to write.
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  const int fd = ::memfd_create("locked", 0);
  const auto lock = [&](short type) {
    struct flock range {};
    range.l_type = type;
    ::fcntl(fd, F_SETLKW, &range);
  };
  child([&] {
    lock(F_RDLCK);
    use(*value);  // A
    lock(F_UNLCK);
  });
#ifdef MENDED
  lock(F_WRLCK);
#else
  lock(F_RDLCK);
#endif
  *value = 1;  // B
  lock(F_UNLCK);
  reap_all();
}
