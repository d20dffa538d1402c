// RACE
// Memory of one process, shared by its threads.
#include <thread>
#include "litmus.hpp"
static long value;
int main() {
  std::thread worker([&] { value = 1; });  // A
#ifdef MENDED
  worker.join();
#endif
  value = 2;  // B
#ifndef MENDED
  worker.join();
#endif
  use(value);
}
