// RACE by luck
// As two_flags.cpp, with a fence. One that acquires and releases keeps a store behind a store and a load behind
// a load, but a later load may still overtake an earlier store; only a sequentially consistent one forbids it.
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<int> wants[2];
  long value;
};
int main() {
#ifdef MENDED
  constexpr auto order = std::memory_order_seq_cst;
#else
  constexpr auto order = std::memory_order_acq_rel;
#endif
  auto* data = shared<Data>();
  const auto work = [&](int me) {
    for (int i = 0; i < 5; ++i) {
      data->wants[me].store(1, std::memory_order_relaxed);
      std::atomic_thread_fence(order);
      if (!data->wants[1 - me].load(std::memory_order_acquire)) data->value += 1;  // A B
      data->wants[me].store(0, std::memory_order_release);
    }
  };
  child([&] { work(0); });
  child([&] { work(1); });
  reap_all();
}
