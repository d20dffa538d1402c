// The compiler's calls for plain accesses, calls and returns (g++ -fsanitize=thread and clang).
#include "race/runtime/real.hpp"
#include "race/runtime/shadow.hpp"
#include "race/runtime/sync.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

std::uint64_t number(const volatile void* address) { return reinterpret_cast<std::uint64_t>(address); }

/// May lie across two granules.
template <unsigned kSize, unsigned kHow>
[[gnu::always_inline]] inline void accessed_anywhere(std::uint64_t address, std::uint64_t place) {
  if ((address & (kGranule - 1)) + kSize <= kGranule) accessed<kSize, kHow>(address, place);
  else access_range(address, kSize, kHow, place);
}

}  // namespace

#define ACCESSES(size)                                                                                    \
  ENTRY void __tsan_read##size(void* p) { accessed_anywhere<size, 0>(number(p), IPCLAB_PLACE); }          \
  ENTRY void __tsan_write##size(void* p) { accessed_anywhere<size, kWrite>(number(p), IPCLAB_PLACE); }    \
  ENTRY void __tsan_read##size##_pc(void* p, void* pc) {                                                  \
    accessed_anywhere<size, 0>(number(p), caller(pc));                                                    \
  }                                                                                                       \
  ENTRY void __tsan_write##size##_pc(void* p, void* pc) {                                                 \
    accessed_anywhere<size, kWrite>(number(p), caller(pc));                                               \
  }                                                                                                       \
  ENTRY void __tsan_read_write##size(void* p) {                                                           \
    accessed_anywhere<size, 0>(number(p), IPCLAB_PLACE);                                                  \
    accessed_anywhere<size, kWrite>(number(p), IPCLAB_PLACE);                                             \
  }                                                                                                       \
  ENTRY void __tsan_volatile_read##size(void* p) { accessed_anywhere<size, 0>(number(p), IPCLAB_PLACE); } \
  ENTRY void __tsan_volatile_write##size(void* p) {                                                       \
    accessed_anywhere<size, kWrite>(number(p), IPCLAB_PLACE);                                             \
  }

#define UNALIGNED(size)                                                                                    \
  ENTRY void __tsan_unaligned_read##size(void* p) { accessed_anywhere<size, 0>(number(p), IPCLAB_PLACE); } \
  ENTRY void __tsan_unaligned_write##size(void* p) {                                                       \
    accessed_anywhere<size, kWrite>(number(p), IPCLAB_PLACE);                                              \
  }                                                                                                        \
  ENTRY void __tsan_unaligned_read_write##size(void* p) {                                                  \
    accessed_anywhere<size, 0>(number(p), IPCLAB_PLACE);                                                   \
    accessed_anywhere<size, kWrite>(number(p), IPCLAB_PLACE);                                              \
  }                                                                                                        \
  ENTRY void __tsan_unaligned_volatile_read##size(void* p) {                                               \
    accessed_anywhere<size, 0>(number(p), IPCLAB_PLACE);                                                   \
  }                                                                                                        \
  ENTRY void __tsan_unaligned_volatile_write##size(void* p) {                                              \
    accessed_anywhere<size, kWrite>(number(p), IPCLAB_PLACE);                                              \
  }

ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)
UNALIGNED(2)
UNALIGNED(4)
UNALIGNED(8)
UNALIGNED(16)

ENTRY void __tsan_read_range(void* p, unsigned long size) { access_range(number(p), size, 0, IPCLAB_PLACE); }
ENTRY void __tsan_write_range(void* p, unsigned long size) {
  access_range(number(p), size, kWrite, IPCLAB_PLACE);
}
ENTRY void __tsan_read_range_pc(void* p, unsigned long size, void* pc) {
  access_range(number(p), size, 0, caller(pc));
}
ENTRY void __tsan_write_range_pc(void* p, unsigned long size, void* pc) {
  access_range(number(p), size, kWrite, caller(pc));
}

ENTRY void __tsan_vptr_read(void** p) { accessed<8, 0>(number(p), IPCLAB_PLACE); }
/// Constructors and destructors of one object write the same pointer again.
ENTRY void __tsan_vptr_update(void** p, void* value) {
  if (*p != value) accessed<8, kWrite>(number(p), IPCLAB_PLACE);
}

ENTRY void __tsan_init() {}

/// Frames that longjmp left behind lie deeper in the stack than any that lives.
ENTRY void __tsan_func_entry(void* call) {
  const auto at = reinterpret_cast<std::uint64_t>(__builtin_dwarf_cfa());
  unsigned depth = self.depth;
  while (depth > self.floor && depth <= kFrames && self.frames[depth - 1].at <= at) [[unlikely]]-- depth;
  if (depth < kFrames) self.frames[depth] = {caller(call), 0, at};
  self.depth = depth + 1;
}
ENTRY void __tsan_func_exit() {
  if (self.depth > 0) --self.depth;
}

// Clang from 16 on calls these for the memory functions.
ENTRY void* __tsan_memcpy(void* to, const void* from, unsigned long size) {
  static constinit Real<void*(void*, const void*, unsigned long)> real("memcpy");
  access_range(number(from), size, 0, IPCLAB_PLACE);
  access_range(number(to), size, kWrite, IPCLAB_PLACE);
  return real(to, from, size);
}
ENTRY void* __tsan_memmove(void* to, const void* from, unsigned long size) {
  static constinit Real<void*(void*, const void*, unsigned long)> real("memmove");
  access_range(number(from), size, 0, IPCLAB_PLACE);
  access_range(number(to), size, kWrite, IPCLAB_PLACE);
  return real(to, from, size);
}
ENTRY void* __tsan_memset(void* to, int value, unsigned long size) {
  static constinit Real<void*(void*, int, unsigned long)> real("memset");
  access_range(number(to), size, kWrite, IPCLAB_PLACE);
  return real(to, value, size);
}

// Programs and libraries that know of the sanitizer tell of their own locks (sanitizer/tsan_interface.h;
// libstdc++ from g++ 13 on does for std::atomic<std::shared_ptr>).
namespace {

void learn_at(void* address) {
  if (!watched()) return;
  const Inside inside;
  acquire(sync_at(address, Kind::other));
}
void tell_at(void* address) {
  if (!watched()) return;
  const Inside inside;
  release(sync_at(address, Kind::other));
}

}  // namespace

ENTRY void __tsan_acquire(void* address) { learn_at(address); }
ENTRY void __tsan_release(void* address) { tell_at(address); }
ENTRY void __tsan_mutex_create(void*, unsigned) {}
ENTRY void __tsan_mutex_destroy(void*, unsigned) {}
ENTRY void __tsan_mutex_pre_lock(void*, unsigned) {}
ENTRY void __tsan_mutex_post_lock(void* lock, unsigned, int) { learn_at(lock); }
ENTRY int __tsan_mutex_pre_unlock(void* lock, unsigned) {
  tell_at(lock);
  return 0;
}
ENTRY void __tsan_mutex_post_unlock(void*, unsigned) {}
ENTRY void __tsan_mutex_pre_signal(void*, unsigned) {}
ENTRY void __tsan_mutex_post_signal(void*, unsigned) {}
ENTRY void __tsan_mutex_pre_divert(void*, unsigned) {}
ENTRY void __tsan_mutex_post_divert(void*, unsigned) {}

// The program asks that a stretch be not looked at (clang: __attribute__((disable_sanitizer_instrumentation))
// around).
ENTRY void __tsan_ignore_thread_begin() { ++self.busy; }
ENTRY void __tsan_ignore_thread_end() { --self.busy; }
