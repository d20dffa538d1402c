#include "race/runtime/arena.hpp"

#include <fcntl.h>
#include <immintrin.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/task.hpp"

namespace ipclab::race {

constinit __thread Self self{};

bool open_record(const char* path) {
  // Not by ::open and ::mmap, which are interposed.
  const long fd = ::syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return false;
  const long at =
      ::syscall(SYS_mmap, kAddress, sizeof(Record), PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, fd, 0L);  // an int need not fill its place
  ::syscall(SYS_close, fd);
  if (at != static_cast<long>(kAddress)) return false;
  return record()->version == kVersion;
}

void Holding::wait() {
  for (unsigned tries = 1;; ++tries) {
    Index owner = 0;
    if (lock_.owner.compare_exchange_weak(owner, self.index, std::memory_order_acquire)) return;
    if (owner == 0) continue;
    if (tries % 64 != 0) {
      _mm_pause();
    } else if (tries % 1024 != 0) {
      ::syscall(SYS_sched_yield);
    } else if (is_dead(record()->tasks[owner])) {
      inherited_ = lock_.owner.compare_exchange_strong(owner, self.index, std::memory_order_acquire);
      if (inherited_) return;
    }
  }
}

}  // namespace ipclab::race
