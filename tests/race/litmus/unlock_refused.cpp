// RACE
// An error-checking mutex may be asked whether it is one's own: it stays locked.
#include "litmus.hpp"
struct Shared {
  pthread_mutex_t lock;
  long value;
};
int main() {
  auto* s = shared<Shared>();
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  ::pthread_mutex_init(&s->lock, &attributes);
  ::pthread_mutex_lock(&s->lock);
  child([=] {
    if (::pthread_mutex_unlock(&s->lock) == 0) ::_exit(1);
    lock_if_mended(&s->lock);
    s->value += 1;  // A
    unlock_if_mended(&s->lock);
  });
  s->value += 1;  // B
  ::pthread_mutex_unlock(&s->lock);
  reap_all();
}
