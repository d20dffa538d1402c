// RACE
// Who has waited for a process that aborted sees all that it did before, its last atomic store, too.
#include <sys/resource.h>
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<int> said, heard;
  int value;
};
int main() {
  auto* data = shared<Data>();
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  child([&] {
    data->value = 1;  // A
    data->said.store(1, std::memory_order_release);
    if (data->heard.load(std::memory_order_acquire) == 0) std::abort();
  });
#ifndef MENDED
  use(data->value);  // B
#endif
  reap_all();
  while (data->said.load(std::memory_order_acquire) != 1) ::pause();
#ifdef MENDED
  use(data->value);
#endif
}
