// RACE
// A flag that is stored relaxed tells nothing about the data.
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<int> ready;
  int value;
};
int main() {
  auto* data = shared<Data>();
  child([&] {
    while (!data->ready.load(std::memory_order_acquire)) ::usleep(10);
    use(data->value);  // A
  });
  data->value = 1;  // B
#ifdef MENDED
  data->ready.store(1, std::memory_order_release);
#else
  data->ready.store(1, std::memory_order_relaxed);
#endif
  reap_all();
}
