// RACE
// The threads, locks and conditions of <threads.h>.
#include <threads.h>
#include "litmus.hpp"
mtx_t lock;
cnd_t changed;
bool ready;
int* value;
int work(void*) {
  ::mtx_lock(&lock);
  while (!ready) ::cnd_wait(&changed, &lock);
#ifndef MENDED
  ::mtx_unlock(&lock);
#endif
  ++*value;  // A B
#ifdef MENDED
  ::mtx_unlock(&lock);
#endif
  return 0;
}
int main() {
  value = shared<int>();
  ::mtx_init(&lock, mtx_plain);
  ::cnd_init(&changed);
  thrd_t threads[2];
  for (thrd_t& thread : threads) ::thrd_create(&thread, work, nullptr);
  ::mtx_lock(&lock);
  ready = true;
  ::cnd_broadcast(&changed);
  ::mtx_unlock(&lock);
  for (thrd_t& thread : threads) ::thrd_join(thread, nullptr);
  use(*value);
}
