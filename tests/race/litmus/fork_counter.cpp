// RACE
// Parent and child count in shared memory without a lock.
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  long count;
};
int main() {
  auto* data = shared<Data>();
  make_lock(&data->lock);
  child([&] {
#ifdef MENDED
    ::pthread_mutex_lock(&data->lock);
#endif
    ++data->count;  // A
#ifdef MENDED
    ::pthread_mutex_unlock(&data->lock);
#endif
  });
#ifdef MENDED
  ::pthread_mutex_lock(&data->lock);
#endif
  ++data->count;  // B
#ifdef MENDED
  ::pthread_mutex_unlock(&data->lock);
#endif
  reap_all();
}
