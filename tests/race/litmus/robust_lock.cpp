// RACE
// Who gets the lock of the dead gets what the dead wrote; who looks without locking does not.
#include <cerrno>
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  long value, other;
};
int main() {
  auto* data = shared<Data>();
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_mutex_init(&data->lock, &attributes);
  child([&] {
    ::pthread_mutex_lock(&data->lock);
    data->value = 1;
    data->other = 1;  // A
    ::_exit(0);
  });
  child([&] {
    if (::pthread_mutex_lock(&data->lock) == EOWNERDEAD) ::pthread_mutex_consistent(&data->lock);
    data->value += 1;
    ::pthread_mutex_unlock(&data->lock);
  });
#ifdef MENDED
  reap_all();
#endif
  use(data->other);  // B
  reap_all();
}
