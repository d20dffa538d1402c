// NOT-SHARED
// sem_init with 0 makes a semaphore for the threads of one process.
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
    ::sem_wait(lock);  // A B
    ::sem_post(lock);
  };
  child(work);
  child(work);
  reap_all();
}
