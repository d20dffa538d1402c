// RACE
// A futex under an atomic word, by the operations with bits.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <atomic>
#include <climits>
#include "litmus.hpp"
struct Data {
  std::atomic<int> ready;
  int value;
};
int main() {
  auto* data = shared<Data>();
  child([&] {
    while (!data->ready.load(std::memory_order_acquire))
      ::syscall(SYS_futex, &data->ready, FUTEX_WAIT_BITSET, 0, nullptr, nullptr, FUTEX_BITSET_MATCH_ANY);
    use(data->value);  // A
  });
#ifdef MENDED
  data->value = 1;
#endif
  data->ready.store(1, std::memory_order_release);
  ::syscall(SYS_futex, &data->ready, FUTEX_WAKE_BITSET, INT_MAX, nullptr, nullptr, 1);
#ifndef MENDED
  data->value = 1;  // B
#endif
  reap_all();
}
