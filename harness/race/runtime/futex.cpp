// The futex call, which the library has no function for: whoever wakes releases, whoever was woken acquires.
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/real.hpp"
#include "race/runtime/sync.hpp"

using namespace ipclab::race;

extern "C" __attribute__((visibility("default"))) long syscall(long number, ...) noexcept {
  static constinit Real<long(long, long, long, long, long, long, long)> real("syscall");
  long a[6];
  va_list list;
  va_start(list, number);
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  const bool futex = number == SYS_futex && watched();
  const long operation = a[1] & FUTEX_CMD_MASK;
  const auto at = reinterpret_cast<const void*>(a[0]);
  if (futex && (operation == FUTEX_WAKE || operation == FUTEX_WAKE_BITSET || operation == FUTEX_REQUEUE ||
                operation == FUTEX_CMP_REQUEUE || operation == FUTEX_WAKE_OP)) {
    const Inside inside;
    release(sync_at(at, Kind::atomic));
  }
  const long result = real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (futex && result == 0 && (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET)) {
    const Inside inside;
    acquire(sync_at(at, Kind::atomic));
  }
  return result;
}
