// RACE by luck
// Peterson's lock: each says that it wants to go in, leaves the turn to the other, and waits while the other
// wants to and it is his turn. Both stores may still be on their way when the other's word is looked at: then
// both go in. Sequentially consistent, one of them sees the other.
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<bool> wants[2];
  std::atomic<int> turn;
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
      data->turn.store(1 - me, store);
      while (data->wants[1 - me].load(load) && data->turn.load(load) == 1 - me) {
      }
      data->value += 1;  // A B
      data->wants[me].store(false, std::memory_order_release);
    }
  };
  child([&] { work(0); });
  child([&] { work(1); });
  reap_all();
}
