// RACE
// Readers may be many, but a writer is not a reader.
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
  for (int i = 0; i < 6; ++i)
    child([&] {
      ::pthread_rwlock_rdlock(&data->lock);
      use(data->value);  // A
      ::pthread_rwlock_unlock(&data->lock);
    });
#ifdef MENDED
  ::pthread_rwlock_wrlock(&data->lock);
#else
  ::pthread_rwlock_rdlock(&data->lock);
#endif
  data->value = 1;  // B
  ::pthread_rwlock_unlock(&data->lock);
  reap_all();
}
