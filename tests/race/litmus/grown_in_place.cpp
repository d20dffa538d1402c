// RACE
// What realloc adds to a block where it lies is new, whoever had it before.
#include <thread>
#include "litmus.hpp"
int main() {
  long value = 0;
  const auto work = [&] {
    for (int round = 0; round < 20; ++round) {
      char* block = nullptr;
      for (std::size_t size = 1; size < 60; ++size) {
        block = static_cast<char*>(std::realloc(block, size * 37));
        block[size * 37 - 1] = 1;
      }
      std::free(block);
    }
#ifndef MENDED
    value += 1;  // A B
#endif
  };
  std::thread one(work), two(work), three(work);
  one.join();
  two.join();
  three.join();
  use(value);
}
