// RACE
// Eight readers at once, one without the lock: its access is not lost among the others'.
#include "litmus.hpp"
struct Data {
  pthread_rwlock_t lock;
  long value;
};
int main() {
  auto* data = shared<Data>();
  pthread_rwlockattr_t attributes;
  ::pthread_rwlockattr_init(&attributes);
  ::pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_rwlock_init(&data->lock, &attributes);
  child([&] {
#ifdef MENDED
    ::pthread_rwlock_rdlock(&data->lock);
#endif
    use(data->value);  // A
#ifdef MENDED
    ::pthread_rwlock_unlock(&data->lock);
#endif
  });
  for (int i = 0; i < 8; ++i)
    child([&] {
      ::pthread_rwlock_rdlock(&data->lock);
      use(data->value);
      ::pthread_rwlock_unlock(&data->lock);
    });
  ::pthread_rwlock_wrlock(&data->lock);
  data->value = 1;  // B
  ::pthread_rwlock_unlock(&data->lock);
  reap_all();
}
