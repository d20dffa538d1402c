// RACE
// Tried again and again without waiting, and without a word to the scheduler: somebody else must go on.
#include <poll.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include "litmus.hpp"
struct Shared {
  pthread_mutex_t lock;
  pthread_spinlock_t spin;
  long value;
};
int main() {
  auto* s = shared<Shared>();
  make_lock(&s->lock);
  ::pthread_spin_init(&s->spin, PTHREAD_PROCESS_SHARED);
  const int set = ::semget(IPC_PRIVATE, 1, 0600), queue = ::msgget(IPC_PRIVATE, 0600);
  char name[] = "/tmp/litmus-XXXXXX";
  ::close(::mkstemp(name));
  int ends[2];
  if (::pipe(ends) != 0) return 1;
  struct {
    long type = 1;
    char text = 'm';
  } message;
  child([=] {
    const int file = ::open(name, O_RDWR);
    sembuf take{0, -1, IPC_NOWAIT};
    pollfd ready{ends[0], POLLIN, 0};
    auto mine = message;
    while (::pthread_spin_trylock(&s->spin) != 0) {
    }
    ::pthread_spin_unlock(&s->spin);
    while (::semop(set, &take, 1) != 0) {
    }
    while (::msgrcv(queue, &mine, 1, 0, IPC_NOWAIT) < 0) {
    }
    while (::poll(&ready, 1, 0) == 0) {
    }
    while (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    }
#ifdef MENDED
    while (::pthread_mutex_trylock(&s->lock) != 0) {
    }
#endif
    s->value += 1;  // A
    unlock_if_mended(&s->lock);
  });
  const pid_t second = child([=] {
    const int file = ::open(name, O_RDWR);
    sembuf give{0, 1, 0};
    ::pthread_spin_lock(&s->spin);
    ::flock(file, LOCK_EX);
    ::semop(set, &give, 1);
    ::pthread_spin_unlock(&s->spin);
    ::msgsnd(queue, &message, 1, 0);
    ::flock(file, LOCK_UN);
    if (::write(ends[1], "x", 1) != 1) ::_exit(1);
    lock_if_mended(&s->lock);
    s->value += 1;  // B
    unlock_if_mended(&s->lock);
  });
  while (::waitpid(second, nullptr, WNOHANG) == 0) {
  }
  reap_all();
  ::semctl(set, 0, IPC_RMID);
  ::msgctl(queue, IPC_RMID, nullptr);
  ::unlink(name);
}
