// RACE
// A thread that is cancelled while it waits has the lock again while it cleans up.
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool waits, cleaned;
  int value;
};
Data* data;
void clean_up(void*) {
  data->cleaned = true;
#ifdef MENDED
  data->value = 1;
#endif
  ::pthread_mutex_unlock(&data->lock);
#ifndef MENDED
  data->value = 1;  // A
#endif
}
void* wait_for_ever(void*) {
  ::pthread_mutex_lock(&data->lock);
  data->waits = true;
  pthread_cleanup_push(clean_up, nullptr);
  for (;;) ::pthread_cond_wait(&data->changed, &data->lock);
  pthread_cleanup_pop(0);
  return nullptr;
}
void wait_until(const bool& flag) {
  for (bool set = false; !set; ::usleep(100)) {
    ::pthread_mutex_lock(&data->lock);
    set = flag;
    ::pthread_mutex_unlock(&data->lock);
  }
}
int main() {
  data = shared<Data>();
  make_lock(&data->lock);
  pthread_condattr_t attributes;
  ::pthread_condattr_init(&attributes);
  ::pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_cond_init(&data->changed, &attributes);
  child([] {
    wait_until(data->cleaned);
    ::pthread_mutex_lock(&data->lock);
    data->value = 2;  // B
    ::pthread_mutex_unlock(&data->lock);
  });
  pthread_t thread;
  ::pthread_create(&thread, nullptr, wait_for_ever, nullptr);
  wait_until(data->waits);
  ::pthread_cancel(thread);
  ::pthread_join(thread, nullptr);
  reap_all();
}
