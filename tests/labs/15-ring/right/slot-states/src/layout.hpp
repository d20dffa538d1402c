// Another way: every slot says itself whether it is full, and in which round.
#pragma once

#include <atomic>
#include <cstdint>

#include "ring.hpp"

/// Item number n is in round n / capacity of its slot. `state` is 2 * round while the slot is free for that
/// round, and one more while it is full.
struct alignas(64) Slot {
  std::atomic<std::uint64_t> state;
  Item item;
};

struct Ring {
  std::uint64_t capacity;
  alignas(64) std::atomic<std::uint64_t> next_to_put;
  alignas(64) std::atomic<std::uint64_t> next_to_get;
  // 1: asleep on this word, or about to be. The other side makes it 0.
  alignas(64) std::atomic<std::uint32_t> waits_for_item, waits_for_room;

  Slot& slot_of(std::uint64_t n) { return reinterpret_cast<Slot*>(this + 1)[n % capacity]; }
  std::uint64_t free_for(std::uint64_t n) const { return n / capacity * 2; }
};
