#pragma once
#include <cstdint>
#include <span>
#include "ring.hpp"
// Places go from 0 to 2 * capacity - 1: equal: empty; a round apart: full.
struct Ring {
  std::uint32_t capacity, in, out;
  std::uint32_t in_state, out_state;  // 0 awake, 1 asleep
  std::span<Item> items() { return {reinterpret_cast<Item*>(this + 1), capacity}; }
};
