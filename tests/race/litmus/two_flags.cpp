// RACE by luck
// Each says that it goes in, then looks whether the other does. The look may overtake the word, as a load may
// overtake an earlier store: then both go in (Dekker's algorithm). Sequentially consistent, one sees the
// other.
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<bool> wants[2];
  long value;
};
int main() {
#ifdef MENDED
  constexpr auto store = std::memory_order_seq_cst, load = std::memory_order_seq_cst;
#else
  constexpr auto store = std::memory_order_release, load = std::memory_order_acquire;
#endif
  auto* data = shared<Data>();
  const auto work = [&](int me) {
    for (int i = 0; i < 5; ++i) {
      data->wants[me].store(true, store);
      if (!data->wants[1 - me].load(load)) data->value += 1;  // A B
      data->wants[me].store(false, std::memory_order_release);
    }
  };
  child([&] { work(0); });
  child([&] { work(1); });
  reap_all();
}
