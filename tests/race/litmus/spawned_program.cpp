// RACE
// A program started by posix_spawn knows what its starter did before.
#include <spawn.h>
#include <string>
#include "litmus.hpp"
extern char** environ;
int main(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "/litmus-spawn-" + std::to_string(::getpid());
  const int fd = ::shm_open(name.c_str(), O_RDWR | O_CREAT, 0600);
  (void)::ftruncate(fd, 4096);
  auto* value = static_cast<int*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  if (argc > 1) {
    use(*value);  // A
    return 0;
  }
  char self[] = "/proc/self/exe";
  char* arguments[] = {self, const_cast<char*>(name.c_str()), nullptr};
  pid_t pid;
#ifdef MENDED
  *value = 1;
#endif
  ::posix_spawn(&pid, self, nullptr, nullptr, arguments, environ);
#ifndef MENDED
  *value = 1;  // B
#endif
  reap_all();
  ::shm_unlink(name.c_str());
}
