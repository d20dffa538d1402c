// RACE
// A System V semaphore as a lock.
#include <sys/sem.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  const int set = ::semget(IPC_PRIVATE, 1, 0600);
  ::semctl(set, 0, SETVAL, 1);
  const auto change = [&](short by) {
    sembuf operation{0, by, 0};
    ::semop(set, &operation, 1);
  };
  child([&] {
    change(-1);
    *value += 1;  // A
    change(1);
  });
#ifdef MENDED
  change(-1);
#endif
  *value += 1;  // B
#ifdef MENDED
  change(1);
#endif
  reap_all();
  ::semctl(set, 0, IPC_RMID);
}
