// NOT-SHARED
// sem_init with 0 makes a semaphore for the threads of one process: who sleeps on it may sleep for ever.
#include <semaphore.h>
#include "litmus.hpp"
int main() {
  auto* lock = shared<sem_t>();
#ifdef MENDED
  ::sem_init(lock, 1, 1);
#else
  ::sem_init(lock, 0, 1);
#endif
  const auto work = [&] {
    while (::sem_trywait(lock) != 0) ::usleep(10);  // A B
    ::sem_post(lock);
  };
  child(work);
  child(work);
  reap_all();
}
