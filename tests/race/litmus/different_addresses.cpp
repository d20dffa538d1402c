// RACE
// The same object, mapped at two addresses in one process and at another in the child.
#include "litmus.hpp"
int main() {
  const int fd = ::memfd_create("cell", 0);
  (void)::ftruncate(fd, 8192);
  const auto map = [&](int offset) {
    return static_cast<long*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset));
  };
  long* first = map(0);
  child([&] {
    long* other = map(0);
    other[3] = 1;  // A
  });
#ifdef MENDED
  first = map(4096);
#endif
  first[3] = 2;  // B
  reap_all();
}
