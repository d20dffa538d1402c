// NOT-OWNER
// A mutex is no semaphore: who locks it unlocks it.
#include "litmus.hpp"
int main() {
  auto* lock = shared<pthread_mutex_t>();
  make_lock(lock);
  ::pthread_mutex_lock(lock);
#ifdef MENDED
  ::pthread_mutex_unlock(lock);
#else
  child([&] { ::pthread_mutex_unlock(lock); });  // B
#endif
  reap_all();
}
