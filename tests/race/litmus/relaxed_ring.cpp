// RACE by luck
// A ring for one producer and one consumer; the consumer's index is published relaxed, so the producer may
// overwrite what is still being read. Only when the ring is full does it matter.
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<unsigned> head, tail;
  int item[2];
};
int main() {
  auto* data = shared<Data>();
  child([&] {
    for (unsigned i = 0; i < 6; ++i) {
      while (data->head.load(std::memory_order_acquire) == i) ::usleep(1);
      use(data->item[i % 2]);  // A
#ifdef MENDED
      data->tail.store(i + 1, std::memory_order_release);
#else
      data->tail.store(i + 1, std::memory_order_relaxed);
#endif
    }
  });
  for (unsigned i = 0; i < 6; ++i) {
    while (i - data->tail.load(std::memory_order_acquire) == 2) ::usleep(1);
    data->item[i % 2] = static_cast<int>(i);  // B
    data->head.store(i + 1, std::memory_order_release);
  }
  reap_all();
}
