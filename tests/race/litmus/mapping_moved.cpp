// RACE
// A mapping that was moved and grew is the same memory.
#include "litmus.hpp"
int main() {
  const int fd = ::memfd_create("grows", 0);
  if (::ftruncate(fd, 8192) != 0) std::abort();
  void* small = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  child([=] {
    auto* all = static_cast<int*>(::mremap(small, 4096, 8192, MREMAP_MAYMOVE));
    all[1500] = 1;  // A
  });
  const auto* all = static_cast<int*>(::mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
#ifdef MENDED
  reap_all();
#endif
  use(all[1500]);  // B
  reap_all();
}
