// What passes clocks on from task to task.
#pragma once

#include "race/runtime/clock.hpp"
#include "race/runtime/memory.hpp"

namespace ipclab::race {

/// The object at an address, made at its first use; nullptr: nobody else can see it.
Sync* sync_at(std::uint64_t address, Kind kind);
inline Sync* sync_at(const volatile void* address, Kind kind) {
  return sync_at(reinterpret_cast<std::uint64_t>(address), kind);
}
/// The object at an address, if it was used as one.
Sync* known_sync_at(std::uint64_t address);

/// An object of the kernel, by up to three numbers.
Sync* kernel_sync(Kind kind, std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0);

inline Index index_of(const Sync& sync) { return static_cast<Index>(&sync - record()->syncs); }

/// The caller holds the object's lock.
void acquire_held(const Sync& sync);
void release_held(Sync& sync);        // adds what this task knows
void release_store_held(Sync& sync);  // what this task knows is all there is now

/// With the lock taken here. nullptr is allowed: nothing happens.
void acquire(Sync* sync);
void release(Sync* sync);
void release_store(Sync* sync);

}  // namespace ipclab::race
