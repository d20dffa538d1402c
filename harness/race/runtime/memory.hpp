// Which object's page an address belongs to.
//
// A table of two levels per process leads from an address to the shadow of its page. A mapping of an object
// is entered when it is made; the shadow of each page is looked for at its first access, by object and
// offset. Pages of the process's own memory get shadow only once there are two threads.
#pragma once

#include <sys/types.h>

#include "race/runtime/arena.hpp"

namespace ipclab::race {

inline constexpr unsigned kLeafShift = 24, kLeafPages = 1u << (kLeafShift - kPageShift);
inline constexpr std::uint64_t kAddresses = 1ull << 47;

struct Leaf {
  Shadow* page[kLeafPages];  // nullptr: own memory without shadow; kPending: of an object, not looked for yet
  Leaf* next;
};

/// Zero pages until used: 64 MiB of addresses, no memory.
extern constinit Leaf* leaves[kAddresses >> kLeafShift];

inline Shadow* pending() { return reinterpret_cast<Shadow*>(1); }

inline Shadow* known_page(std::uint64_t address) {
  if (address >= kAddresses) return nullptr;
  const Leaf* leaf = leaves[address >> kLeafShift];
  return leaf ? leaf->page[(address >> kPageShift) & (kLeafPages - 1)] : nullptr;
}

/// The shadow of an address; nullptr: nobody else can see this memory.
Granule* granule_at(std::uint64_t address);

/// The page of the record that a shadow is.
inline Index page_of(const Shadow* shadow) { return static_cast<Index>(shadow - record()->shadows); }
inline Index page_of(const Granule* granule) {
  return static_cast<Index>(
      (reinterpret_cast<std::uintptr_t>(granule) - reinterpret_cast<std::uintptr_t>(record()->shadows)) /
      sizeof(Shadow));
}

/// What mmap and shmat made: `offset` is the object's at `address`. Whatever was mapped there is forgotten.
void map_region(std::uint64_t address, std::uint64_t length, Index region, std::uint64_t offset);
void unmap(std::uint64_t address, std::uint64_t length);
/// The length of the mapping that begins there; 0: none.
std::uint64_t mapped_length(std::uint64_t address);
struct Mapping {
  std::uint64_t begin, end, offset;
  Index region;
};
Mapping mapping_at(std::uint64_t address);

/// Regions, by what they are.
Index region_of_file(int fd, std::uint64_t place);
Index region_of_segment(int shmid, std::uint64_t place);
Index anonymous_region(std::uint64_t place);

/// Own memory that begins a new life (malloc, a thread's stack): nothing was ever done to it.
void forget(std::uint64_t address, std::uint64_t length);

/// After fork, in the child: its own memory is a copy.
void leave_own_memory();
/// Around fork: no other thread is half-way in the tables.
void hold_mappings();
void release_mappings();

}  // namespace ipclab::race
