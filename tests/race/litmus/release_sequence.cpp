// RACE
// A read-modify-write continues a release sequence; another store breaks it.
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<int> ready;
  int value;
};
int main() {
  auto* data = shared<Data>();
  child([&] {
    while (data->ready.load(std::memory_order_relaxed) != 2) ::usleep(10);
    (void)data->ready.load(std::memory_order_acquire);
    use(data->value);  // A
  });
  child([&] {
#ifdef MENDED
    int one = 1;
    while (!data->ready.compare_exchange_weak(one, 2, std::memory_order_relaxed)) {
      one = 1;
      ::usleep(10);
    }
#else
    while (data->ready.load(std::memory_order_relaxed) != 1) ::usleep(10);
    data->ready.store(2, std::memory_order_relaxed);
#endif
  });
  data->value = 1;  // B
  data->ready.store(1, std::memory_order_release);
  reap_all();
}
