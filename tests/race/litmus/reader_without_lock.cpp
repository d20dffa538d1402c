// RACE
// Writers lock, the reader does not.
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  long value;
};
int main() {
  auto* data = shared<Data>();
  make_lock(&data->lock);
  child([&] {
    for (int i = 0; i < 10; ++i) {
      ::pthread_mutex_lock(&data->lock);
      data->value += i;  // A
      ::pthread_mutex_unlock(&data->lock);
    }
  });
#ifdef MENDED
  ::pthread_mutex_lock(&data->lock);
#endif
  use(data->value);  // B
#ifdef MENDED
  ::pthread_mutex_unlock(&data->lock);
#endif
  reap_all();
}
