// The functions that map memory: which object lies where.
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/memory.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/region.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace {

std::uint64_t number(const void* address) { return reinterpret_cast<std::uint64_t>(address); }

void mapped(void* address, std::size_t length, int flags, int fd, off_t offset, std::uint64_t place) {
  if (!self.task || address == MAP_FAILED) return;
  const Inside inside;
  const bool shared = (flags & MAP_TYPE) == MAP_SHARED || (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
  if (!shared) return unmap(number(address), length);
  const Index region = flags & MAP_ANONYMOUS ? anonymous_region(place) : region_of_file(fd, place);
  map_region(number(address), length, region, static_cast<std::uint64_t>(offset));
}

}  // namespace

IPCLAB_INTERPOSE(void*, mmap, void*, std::size_t, int, int, int, off_t)
(void* address, std::size_t length, int protection, int flags, int fd, off_t offset) {
  void* result = real_mmap(address, length, protection, flags, fd, offset);
  mapped(result, length, flags, fd, offset, IPCLAB_PLACE);
  return result;
}

IPCLAB_INTERPOSE(void*, mmap64, void*, std::size_t, int, int, int, off64_t)
(void* address, std::size_t length, int protection, int flags, int fd, off64_t offset) {
  void* result = real_mmap64(address, length, protection, flags, fd, offset);
  mapped(result, length, flags, fd, offset, IPCLAB_PLACE);
  return result;
}

IPCLAB_INTERPOSE(int, munmap, void*, std::size_t)(void* address, std::size_t length) {
  if (self.task) {
    const Inside inside;
    unmap(number(address), length);  // before another thread may get the same place
  }
  return real_munmap(address, length);
}

extern "C" __attribute__((visibility("default"))) void* mremap(void* old, std::size_t old_length,
                                                               std::size_t length, int flags, ...) noexcept {
  static constinit Real<void*(void*, std::size_t, std::size_t, int, void*)> real("mremap");
  va_list arguments;
  va_start(arguments, flags);
  void* wanted = flags & MREMAP_FIXED ? va_arg(arguments, void*) : nullptr;
  va_end(arguments);
  void* result = real(old, old_length, length, flags, wanted);
  if (!self.task || result == MAP_FAILED) return result;
  const Inside inside;
  const Mapping before = mapping_at(number(old));
  if (old_length) unmap(number(old), old_length);
  map_region(number(result), length, before.region, number(old) - before.begin + before.offset);
  return result;
}

IPCLAB_INTERPOSE(void*, shmat, int, const void*, int)(int shmid, const void* address, int flags) {
  void* result = real_shmat(shmid, address, flags);
  if (!self.task || result == MAP_FAILED) return result;
  const Inside inside;
  shmid_ds segment{};
  if (::shmctl(shmid, IPC_STAT, &segment) == 0)
    map_region(number(result), segment.shm_segsz, region_of_segment(shmid, IPCLAB_PLACE), 0);
  return result;
}

IPCLAB_INTERPOSE(int, shmdt, const void*)(const void* address) {
  if (self.task) {
    const Inside inside;
    if (const std::uint64_t length = mapped_length(number(address))) unmap(number(address), length);
  }
  return real_shmdt(address);
}
