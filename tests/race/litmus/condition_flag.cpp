// RACE
// The flag is set under the lock; the data behind it are written after the signal.
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool ready;
  int value;
};
int main() {
  auto* data = shared<Data>();
  make_lock(&data->lock);
  pthread_condattr_t attributes;
  ::pthread_condattr_init(&attributes);
  ::pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_cond_init(&data->changed, &attributes);
  child([&] {
    ::pthread_mutex_lock(&data->lock);
    while (!data->ready) ::pthread_cond_wait(&data->changed, &data->lock);
    ::pthread_mutex_unlock(&data->lock);
    use(data->value);  // A
  });
#ifdef MENDED
  data->value = 5;
#endif
  ::pthread_mutex_lock(&data->lock);
  data->ready = true;
  ::pthread_cond_signal(&data->changed);
  ::pthread_mutex_unlock(&data->lock);
#ifndef MENDED
  data->value = 5;  // B
#endif
  reap_all();
}
