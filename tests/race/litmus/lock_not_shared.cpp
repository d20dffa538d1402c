// NOT-SHARED
// The lock lies in shared memory but was initialised for the threads of one process.
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  long value;
};
int main() {
  auto* data = shared<Data>();
#ifdef MENDED
  make_lock(&data->lock, true);
#else
  make_lock(&data->lock, false);
#endif
  const auto work = [&](long value) {
    ::pthread_mutex_lock(&data->lock);  // A B
    data->value = value;
    ::pthread_mutex_unlock(&data->lock);
  };
  child([&] { work(1); });
  work(2);
  reap_all();
}
