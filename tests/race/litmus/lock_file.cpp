// RACE
// A file that only one can make is a lock.
#include <string>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  const std::string name = "/tmp/litmus-lock-" + std::to_string(::getpid());
  const auto work = [&] {
#ifdef MENDED
    int fd;
    while ((fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600)) < 0) ::usleep(20);
    ::close(fd);
#endif
    *value += 1;  // A B
#ifdef MENDED
    ::unlink(name.c_str());
#endif
  };
  child(work);
  child(work);
  reap_all();
}
