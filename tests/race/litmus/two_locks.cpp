// RACE
// Each side locks, but not the same lock.
#include "litmus.hpp"
struct Data {
  pthread_mutex_t first, second;
  long value;
};
int main() {
  auto* data = shared<Data>();
  make_lock(&data->first);
  make_lock(&data->second);
  child([&] {
    ::pthread_mutex_lock(&data->first);
    data->value = 1;  // A
    ::pthread_mutex_unlock(&data->first);
  });
#ifdef MENDED
  pthread_mutex_t* lock = &data->first;
#else
  pthread_mutex_t* lock = &data->second;
#endif
  ::pthread_mutex_lock(lock);
  data->value = 2;  // B
  ::pthread_mutex_unlock(lock);
  reap_all();
}
