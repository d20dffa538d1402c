// RACE
// A directory can be locked as well, by the system call's number, too; closing it gives the lock up.
#include <sys/file.h>
#include <sys/syscall.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  const auto work = [&] {
    const int directory = ::open("/tmp", O_RDONLY | O_DIRECTORY);
#ifdef MENDED
    ::syscall(SYS_flock, directory, LOCK_EX);
#else
    ::syscall(SYS_flock, directory, LOCK_SH);
#endif
    *value += 1;  // A B
    ::close(directory);
  };
  child(work);
  child(work);
  reap_all();
}
