// RACE
// Relaxed operations order with fences on both sides, not with one.
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<int> ready;
  int value;
};
int main() {
  auto* data = shared<Data>();
  child([&] {
    while (!data->ready.load(std::memory_order_relaxed)) ::usleep(10);
#ifdef MENDED
    std::atomic_thread_fence(std::memory_order_acquire);
#endif
    use(data->value);  // A
  });
  data->value = 1;  // B
  std::atomic_thread_fence(std::memory_order_release);
  data->ready.store(1, std::memory_order_relaxed);
  reap_all();
}
