// STUCK by luck
// One says that it sleeps and then looks for work; the other leaves work and then looks whether somebody
// sleeps. When a look overtakes a word, one sleeps and nobody wakes it.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <atomic>
#include "litmus.hpp"
struct Data {
  std::atomic<int> sleeps, work;
};
int main() {
  auto* data = shared<Data>();
  child([&] {
    data->sleeps.store(1);
    if (data->work.load() == 0) ::syscall(SYS_futex, &data->sleeps, FUTEX_WAIT, 1, nullptr);
  });
#ifdef MENDED
  data->work.store(1);
#else
  data->work.store(1, std::memory_order_release);
#endif
  if (data->sleeps.load() == 1) {
    data->sleeps.store(0);
    ::syscall(SYS_futex, &data->sleeps, FUTEX_WAKE, 1);
  }
  reap_all();
}
