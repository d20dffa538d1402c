// futex(2): a wait with FUTEX_PRIVATE_FLAG is not ended by any wake of another process, although the word is
// in memory that both share; a wait without it is, by a wake without it.
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "fact.hpp"

namespace {

int* word;

long futex(int operation, int value) {
  return ::syscall(SYS_futex, word, operation, value, nullptr, nullptr, 0);
}

pid_t asleep_in(int operation) {
  const pid_t waiter = forked([&] { futex(operation, 0); });
  ::asleep_in(waiter, SYS_futex);
  return waiter;
}

}  // namespace

int main() {
  word = static_cast<int*>(
      ::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  const pid_t private_waiter = asleep_in(FUTEX_WAIT_PRIVATE), waiter = asleep_in(FUTEX_WAIT);
  HOLDS(futex(FUTEX_WAKE_PRIVATE, 2) == 0);
  HOLDS(futex(FUTEX_WAKE, 2) == 1);
  HOLDS(status_of(waiter) == 0);
  end(private_waiter);
}
