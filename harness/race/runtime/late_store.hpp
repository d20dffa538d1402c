// A store that the others do not see yet.
//
// A processor keeps what it stores to itself for a while, and the loads that come later overtake it (x86-TSO:
// Sewell and others 2010). C++ allows that for every store that is not sequentially consistent, release or
// not ([atomics.order]). One seed in two lets it happen: an atomic store may be kept back while its task
// loads; everything else that the task does comes after it.
//
// A task keeps back one store at a time, in memory of its own: if it is killed, the store was never made.
#pragma once

#include "race/runtime/sync.hpp"

namespace ipclab::race::late_store {

/// Shall this one be kept back? The seed decides.
bool wanted();
/// The task keeps it back.
void keep(const LateStore& store);
/// What the task itself would load from `size` bytes there; makes the store when it is only a part of them.
/// nullptr: something else is there.
const LateStore* own(const Sync& sync, unsigned size);
/// The task loads something else meanwhile.
void overtaken(std::uint64_t place);
/// The task loads `sync`, and sees nothing of a store that somebody else keeps back.
void missed(const Sync& sync, std::uint64_t place);
/// Sometimes the others see it now, whatever the task does.
void show_sometimes();
/// Before a plain access to the bytes.
void show_if_at(std::uint64_t address, unsigned size);

}  // namespace ipclab::race::late_store
