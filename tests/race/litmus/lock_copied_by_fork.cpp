// RACE
// The lock is a global variable: fork gives each process one of its own.
#include "litmus.hpp"
[[maybe_unused]] static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
struct Data {
  pthread_mutex_t lock;
  long value;
};
int main() {
  auto* data = shared<Data>();
  make_lock(&data->lock);
#ifdef MENDED
  pthread_mutex_t* lock = &data->lock;
#else
  pthread_mutex_t* lock = &own;
#endif
  child([&] {
    ::pthread_mutex_lock(lock);
    data->value = 1;  // A
    ::pthread_mutex_unlock(lock);
  });
  ::pthread_mutex_lock(lock);
  data->value = 2;  // B
  ::pthread_mutex_unlock(lock);
  reap_all();
}
