// RACE
// Locks on ranges of a file: different ranges exclude nobody.
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  const int fd = ::memfd_create("locked", 0);
  const auto lock = [&](short type, off_t from) {
    struct flock range {};
    range.l_type = type;
    range.l_start = from;
    range.l_len = 8;
    ::fcntl(fd, F_SETLKW, &range);
  };
  child([&] {
    lock(F_WRLCK, 0);
    *value += 1;  // A
    lock(F_UNLCK, 0);
  });
#ifdef MENDED
  const off_t from = 4;
#else
  const off_t from = 8;
#endif
  lock(F_WRLCK, from);
  *value += 1;  // B
  lock(F_UNLCK, from);
  reap_all();
}
