// A store that the others do not see yet.
//
// A processor keeps what it stores to itself for a while, and the loads that come later overtake it (x86-TSO:
// Sewell and others 2010). C++ allows that for every store that is not sequentially consistent, release or
// not ([atomics.order]). One seed in two lets it happen: atomic stores may be kept back while their task
// loads; everything else that the task does comes after them.
//
// A task keeps back a few stores, in memory of its own, and they are made in their order: if it is killed,
// they were never made.
#pragma once

#include "race/runtime/sync.hpp"

namespace ipclab::race::late_store {

/// Shall this one be kept back? The seed decides, where there is room and none at the same bytes.
bool wanted(const Sync& sync, unsigned size);
/// For what the next one tells.
Index& next_clock();
/// The task keeps it back.
void keep(const LateStore& store);
/// What the task itself would load from `size` bytes there; makes the stores when one is only a part of them.
/// nullptr: something else is there.
const LateStore* own(const Sync& sync, unsigned size);
/// The task loads something else meanwhile.
void overtaken(std::uint64_t place);
/// The task loads `sync`, and sees nothing of a store that somebody else keeps back.
void missed(const Sync& sync, std::uint64_t place);
/// Sometimes the others see the first now, whatever the task does.
void show_sometimes();
/// Before a plain access to the bytes.
void show_if_at(std::uint64_t address, unsigned size);

}  // namespace ipclab::race::late_store
