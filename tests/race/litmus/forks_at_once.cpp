// RACE
// Threads that fork at the same instant: each has a child of its own.
#include <thread>
#include <vector>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>(8);
  auto* last = shared<long>();
  std::vector<std::thread> starters;
  for (int i = 0; i < 8; ++i)
    starters.emplace_back([=] {
      const pid_t pid = child([=] {
        value[i] = i;
#ifndef MENDED
        *last = i;  // A B
#endif
      });
      ::waitpid(pid, nullptr, 0);
      use(value[i]);
    });
  for (std::thread& starter : starters) starter.join();
  use(*last);
}
