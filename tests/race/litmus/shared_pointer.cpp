// RACE
// Copies of a shared pointer may be used by anybody; the pointer itself is memory like any other.
#include <atomic>
#include <memory>
#include <thread>
#include "litmus.hpp"
#ifdef MENDED
std::atomic<std::shared_ptr<long>> current(std::make_shared<long>(1));
#else
std::shared_ptr<long> current = std::make_shared<long>(1);
#endif
int main() {
  std::thread other([] {
    for (int i = 0; i < 20; ++i) {
      auto fresh = std::make_shared<long>(i);
      current = fresh;  // A
    }
  });
  for (int i = 0; i < 20; ++i) {
    const std::shared_ptr<long> mine = current;  // B
    use(mine != nullptr);
  }
  other.join();
}
