// RACE
// A promise whose value is there when the thread has ended: all that it did comes before.
#include <future>
#include <thread>
#include "litmus.hpp"
int main() {
  std::promise<int> promise;
  auto future = promise.get_future();
  long value = 0;
  std::thread thread([&] {
    promise.set_value_at_thread_exit(1);
    value += 1;  // A
  });
#ifdef MENDED
  future.wait();
#endif
  value += 1;  // B
  thread.join();
}
