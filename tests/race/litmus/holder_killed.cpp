// RACE
// Who has the lock is killed while another already waits for it: that one goes on.
#include <sched.h>
#include <signal.h>
#include <sys/sem.h>
#include <atomic>
#include "litmus.hpp"
struct Shared {
  std::atomic<int> has_it;
  long value;
};
int main() {
  auto* s = shared<Shared>();
  const int lock = ::semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
  ::semctl(lock, 0, SETVAL, 1);
  sembuf take{0, -1, SEM_UNDO};
  const pid_t holder = child([&] {
    ::semop(lock, &take, 1);
    s->value = 1;  // A
    s->has_it.store(1, std::memory_order_relaxed);
    for (;;) ::pause();
  });
  while (s->has_it.load(std::memory_order_relaxed) == 0) ::sched_yield();
  child([&] {
#ifdef MENDED
    ::semop(lock, &take, 1);
#endif
    s->value += 1;  // B
  });
  ::kill(holder, SIGKILL);
  reap_all();
  ::semctl(lock, 0, IPC_RMID);
}
