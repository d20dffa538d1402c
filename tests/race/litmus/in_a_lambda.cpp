// RACE
// One side atomic, the other not. The lines are those of a lambda that is a function of its own, although the
// access itself is the library's, inlined.
#include <atomic>
#include "litmus.hpp"
struct Data {
  long values[2];
};
int main() {
  auto* data = shared<Data>();
  const auto put = [&](int at) __attribute__((noinline)) {
    std::atomic_ref(data->values[at]).store(1, std::memory_order_release);  // A
  };
  const auto look = [&](int at) __attribute__((noinline)) {
#ifdef MENDED
    return std::atomic_ref(data->values[at]).load(std::memory_order_acquire);
#else
    return data->values[at];  // B
#endif
  };
  child([&] { put(0), put(1); });
  child([&] { use(look(1)), use(look(0)); });
  reap_all();
}
