// The compiler's calls for plain accesses, calls and returns (g++ -fsanitize=thread and clang).
#include "race/runtime/shadow.hpp"
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

ENTRY void __tsan_func_entry(void* call) {
  const unsigned depth = self.depth++;
  if (depth < kFrames) self.frames[depth] = {caller(call), 0};
}
ENTRY void __tsan_func_exit() {
  if (self.depth > 0) --self.depth;
}

// The program asks that a stretch be not looked at (clang: __attribute__((disable_sanitizer_instrumentation))
// around).
ENTRY void __tsan_ignore_thread_begin() { ++self.busy; }
ENTRY void __tsan_ignore_thread_end() { --self.busy; }
