// RACE
// flock belongs to the open file: a descriptor that fork copied has the same lock.
#include <sys/file.h>
#include <string>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  const std::string name = "/tmp/litmus-flock-" + std::to_string(::getpid());
  const auto work = [&] {
    const int fd = ::open(name.c_str(), O_RDWR | O_CREAT, 0600);
#ifdef MENDED
    ::flock(fd, LOCK_EX);
#else
    ::flock(fd, LOCK_SH);
#endif
    *value += 1;  // A B
    ::flock(fd, LOCK_UN);
    ::close(fd);
  };
  child(work);
  child(work);
  reap_all();
  ::unlink(name.c_str());
}
