// Another way: each side keeps what it last saw of the other, and looks again only when that is not enough.
#pragma once

#include <atomic>
#include <cstdint>

#include "ring.hpp"

struct Ring {
  std::uint32_t capacity;
  struct alignas(64) Producer {
    std::atomic<std::uint64_t> count;
    std::atomic<std::uint64_t> seen_got;
    std::atomic<int> asleep;
  } producer;
  struct alignas(64) Consumer {
    std::atomic<std::uint64_t> count;
    std::atomic<std::uint64_t> seen_put;
    std::atomic<int> asleep;
  } consumer;

  Item* slots() { return reinterpret_cast<Item*>(this + 1); }
};
