// RACE
// The same from the reader's side.
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<int> ready;
  int value;
};
int main() {
  auto* data = shared<Data>();
  child([&] {
#ifdef MENDED
    while (!data->ready.load(std::memory_order_acquire)) ::usleep(10);
#else
    while (!data->ready.load(std::memory_order_relaxed)) ::usleep(10);
#endif
    use(data->value);  // A
  });
  data->value = 1;  // B
  data->ready.store(1, std::memory_order_release);
  reap_all();
}
