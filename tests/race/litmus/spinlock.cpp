// RACE
// A spinlock orders whoever takes it.
#include "litmus.hpp"
struct Data {
  pthread_spinlock_t lock;
  long value;
};
int main() {
  auto* data = shared<Data>();
  ::pthread_spin_init(&data->lock, PTHREAD_PROCESS_SHARED);
  child([&] {
    ::pthread_spin_lock(&data->lock);
    data->value = 1;  // A
    ::pthread_spin_unlock(&data->lock);
  });
#ifdef MENDED
  ::pthread_spin_lock(&data->lock);
#endif
  use(data->value);  // B
#ifdef MENDED
  ::pthread_spin_unlock(&data->lock);
#endif
  reap_all();
}
