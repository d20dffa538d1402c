// RACE
// A symbolic link as a lock.
#include <sched.h>
#include <string>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  const std::string name = "/tmp/litmus-link-" + std::to_string(::getpid());
  const auto work = [&] {
#ifdef MENDED
    while (::symlink("taken", name.c_str()) != 0) ::sched_yield();
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
