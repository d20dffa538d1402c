// RACE
// A lock made of exchange and store: the unlock must release.
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<int> locked;
  long value;
};
int main() {
  auto* data = shared<Data>();
  const auto work = [&] {
    for (int i = 0; i < 50; ++i) {
      while (data->locked.exchange(1, std::memory_order_acquire)) ::usleep(1);
      data->value += 1;  // A B
#ifdef MENDED
      data->locked.store(0, std::memory_order_release);
#else
      data->locked.store(0, std::memory_order_relaxed);
#endif
    }
  };
  child(work);
  child(work);
  reap_all();
}
