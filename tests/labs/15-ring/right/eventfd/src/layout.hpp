// Another way: positions that stay below the number of slots, one slot that is always free, and eventfds as
// bells.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "ring.hpp"

/// Whoever is about to sleep has an eventfd, and says here which: the descriptor `fd` of process `owner`.
struct Bell {
  std::atomic<bool> is_awaited;
  std::atomic<pid_t> owner;
  std::atomic<int> fd;
};

struct Ring {
  std::uint32_t slot_count;  // the capacity and one more: who is full differs from who is empty
  alignas(64) std::atomic<std::uint32_t> tail;
  alignas(64) std::atomic<std::uint32_t> head;
  alignas(64) Bell not_full;
  alignas(64) Bell not_empty;

  Item* slots() { return reinterpret_cast<Item*>(this + 1); }
  std::uint32_t after(std::uint32_t position) const { return position + 1 == slot_count ? 0 : position + 1; }
};
