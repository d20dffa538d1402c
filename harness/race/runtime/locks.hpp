// Which locks a task holds, and what goes wrong with locks themselves.
#pragma once

#include "race/runtime/sync.hpp"

namespace ipclab::race {

/// The sync of a lock: of memory that others see by place, of one's own by process and address.
Sync* lock_at(const volatile void* address, Kind kind);

void note_locked(const Sync& sync, std::uint64_t place);
void note_unlocked(const Sync& sync);

/// Who uses it, and is it made for that? `shared`: what its attributes say.
void note_use(Sync& sync, bool shared, std::uint64_t place);
/// It was initialised here, for several processes or not.
void note_made(Sync* sync, bool shared, std::uint64_t place);

/// What a task does when it has a lock, or gives it up. The lock's sync is held in between by nobody.
void took(Sync* sync, bool shared, bool from_the_dead, std::uint64_t place);
void gives_up(Sync* sync, std::uint64_t place);

}  // namespace ipclab::race
