// RACE
// A file that two programs map, each after opening it by name.
#include <string>
#include "litmus.hpp"
int main() {
  const std::string name = "/tmp/litmus-file-" + std::to_string(::getpid());
  const int fd = ::open(name.c_str(), O_RDWR | O_CREAT, 0600);
  (void)::ftruncate(fd, 4096);
  auto* value = static_cast<int*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  child([&] {
    const int mine = ::open(name.c_str(), O_RDWR);
    auto* same = static_cast<int*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, mine, 0));
    same[9] = 1;  // A
  });
#ifdef MENDED
  value[10] = 2;
#else
  value[9] = 2;  // B
#endif
  reap_all();
  ::unlink(name.c_str());
}
