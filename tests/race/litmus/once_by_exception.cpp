// RACE by luck
// What is done once is left by an exception, and begun again by another thread.
#include <mutex>
#include <thread>
#include "litmus.hpp"
int main() {
  std::once_flag once;
  long value = 0, tries = 0;
  const auto work = [&] {
    bool done = false;
    while (!done) try {
        std::call_once(once, [&] {
          value += 1;
          if (++tries == 1) throw 1;
        });
        done = true;
      } catch (int) {
      }
#ifndef MENDED
    value += 1;  // A B
#endif
  };
  std::thread one(work), two(work);
  one.join();
  two.join();
  use(value);
}
