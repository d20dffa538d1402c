// RACE
// A System V segment, attached twice.
#include <sys/shm.h>
#include "litmus.hpp"
int main() {
  const int id = ::shmget(IPC_PRIVATE, 4096, 0600);
  auto* value = static_cast<int*>(::shmat(id, nullptr, 0));
  child([&] {
    auto* mine = static_cast<int*>(::shmat(id, nullptr, 0));
    mine[5] = 1;  // A
  });
#ifdef MENDED
  reap_all();
#endif
  value[5] = 2;  // B
  reap_all();
  ::shmctl(id, IPC_RMID, nullptr);
}
