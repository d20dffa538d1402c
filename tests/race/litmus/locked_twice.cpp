// STUCK: also in a plain run, without a scheduler
// A lock that is not recursive, taken again by who has it; meanwhile another waits for it, too.
#include "litmus.hpp"
int main() {
  auto* lock = shared<pthread_mutex_t>();
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
#ifdef MENDED
  ::pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
#endif
  ::pthread_mutex_init(lock, &attributes);
  const auto work = [&] {
    ::pthread_mutex_lock(lock);
    ::pthread_mutex_lock(lock);
    ::pthread_mutex_unlock(lock);
    ::pthread_mutex_unlock(lock);
  };
  child(work);
  child(work);
  reap_all();
}
