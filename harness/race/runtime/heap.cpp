// The heap of a process with threads: a block that malloc gives begins a new life. What order its last owner
// and the next have is malloc's business, inside its own locks.
#include <malloc.h>
#include <stdlib.h>

#include "race/runtime/memory.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

// glibc's other names for the same functions: dlsym, by which the usual ones would be found, may need memory
// itself.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

/// What follows what was asked for is the block's, too: realloc may give it without moving.
void* given(void* block, std::size_t had = 0) {
  if (threaded && block && watched()) {
    const Inside inside;
    const std::size_t has = ::malloc_usable_size(block);
    if (has > had) forget(reinterpret_cast<std::uint64_t>(block) + had, has - had);
  }
  return block;
}

}  // namespace

ENTRY void* malloc(std::size_t size) { return given(__libc_malloc(size)); }
ENTRY void* calloc(std::size_t count, std::size_t size) { return given(__libc_calloc(count, size)); }
ENTRY void* realloc(void* block, std::size_t size) {
  const std::size_t had = threaded && block ? ::malloc_usable_size(block) : 0;
  void* moved = __libc_realloc(block, size);
  return given(moved, moved == block ? had : 0);
}
ENTRY void* memalign(std::size_t alignment, std::size_t size) {
  return given(__libc_memalign(alignment, size));
}
ENTRY void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return given(__libc_memalign(alignment, size));
}
ENTRY int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  if (alignment % sizeof(void*) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  void* given_block = given(__libc_memalign(alignment, size));
  if (!given_block) return ENOMEM;
  *block = given_block;
  return 0;
}
