// RACE
// A thread of one process and a thread of another.
#include <thread>
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  long value;
};
int main() {
  auto* data = shared<Data>();
  make_lock(&data->lock);
  const auto work = [&] {
    std::thread worker([&] {
#ifdef MENDED
      ::pthread_mutex_lock(&data->lock);
#endif
      data->value += 1;  // A B
#ifdef MENDED
      ::pthread_mutex_unlock(&data->lock);
#endif
    });
    worker.join();
  };
  child(work);
  child(work);
  reap_all();
}
