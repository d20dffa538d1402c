// RACE
// A thread forks; its child writes while another thread of the parent does.
#include <thread>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  std::thread other([&] { *value = 1; });  // A
#ifdef MENDED
  other.join();
#endif
  child([&] { *value = 2; });  // B
#ifndef MENDED
  other.join();
#endif
  reap_all();
}
