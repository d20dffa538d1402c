// NOT-SHARED
// The lock lies in shared memory but was initialised for the threads of one process: who sleeps on it may
// sleep for ever.
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
    while (::pthread_mutex_trylock(&data->lock) != 0) ::usleep(10);  // A B
    data->value = value;
    ::pthread_mutex_unlock(&data->lock);
  };
  child([&] { work(1); });
  work(2);
  reap_all();
}
