// What lies in the shared memory of a ring. Yours: you may change it, as long as `ring.cpp` agrees.
#pragma once

#include <atomic>
#include <cstdint>

#include "ring.hpp"

/// Item number n, counted from 0, goes to slot n % capacity. There are put_count - got_count items in the
/// ring.
struct Ring {
  std::uint32_t capacity;
  // What each side writes has a cache line of its own (64 bytes), or every put would take the line away from
  // the processor that gets.
  alignas(64) std::atomic<std::uint64_t> put_count;        // items put so far: only the producer changes it
  alignas(64) std::atomic<std::uint64_t> got_count;        // items got so far: only the consumer changes it
  alignas(64) std::atomic<std::uint32_t> consumer_sleeps;  // 1: the consumer sleeps, or is about to
  alignas(64) std::atomic<std::uint32_t> producer_sleeps;  // … the producer

  Item* slots() { return reinterpret_cast<Item*>(this + 1); }  // they follow
};
