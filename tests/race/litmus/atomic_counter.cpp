// RACE
// One side counts atomically, the other does not.
#include <atomic>
#include "litmus.hpp"
int main() {
  auto* count = shared<long>();
  child([&] {
    for (int i = 0; i < 100; ++i) std::atomic_ref(*count).fetch_add(1, std::memory_order_relaxed);  // A
  });
#ifdef MENDED
  std::atomic_ref(*count).fetch_add(1, std::memory_order_relaxed);
#else
  ++*count;  // B
#endif
  reap_all();
}
