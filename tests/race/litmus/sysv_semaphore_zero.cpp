// RACE
// Waiting for zero: all workers have taken their unit.
#include <sys/sem.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>(2);
  const int set = ::semget(IPC_PRIVATE, 1, 0600);
  ::semctl(set, 0, SETVAL, 2);
  const auto change = [&](short by) {
    sembuf operation{0, by, 0};
    ::semop(set, &operation, 1);
  };
  for (int i = 0; i < 2; ++i)
    child([&, i] {
      value[i] = 1;  // A
      change(-1);
    });
#ifdef MENDED
  change(0);
#endif
  use(value[0] + value[1]);  // B
  reap_all();
  ::semctl(set, 0, IPC_RMID);
}
