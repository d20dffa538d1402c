// STUCK by luck
// The waiter looks at the flag without the lock: the signal may come between its look and its wait.
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool ready;
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
#ifdef MENDED
    while (!data->ready) ::pthread_cond_wait(&data->changed, &data->lock);
#else
    const bool ready = data->ready;
    ::pthread_mutex_unlock(&data->lock);
    ::pthread_mutex_lock(&data->lock);
    if (!ready) ::pthread_cond_wait(&data->changed, &data->lock);
#endif
    ::pthread_mutex_unlock(&data->lock);
  });
  ::pthread_mutex_lock(&data->lock);
  data->ready = true;
  ::pthread_cond_signal(&data->changed);
  ::pthread_mutex_unlock(&data->lock);
  reap_all();
}
