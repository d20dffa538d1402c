// Lab 15-ring: a queue in shared memory from one process to another, without a lock. The contract: given, not
// to be changed.
#pragma once

#include <cstddef>
#include <cstdint>

struct Item {
  std::uint32_t size = 0;  // of `bytes`, how many count
  char bytes[60] = {};
};

/// Lies in shared memory, in each process at another address: layout.hpp.
struct Ring;

/// How much memory a ring with so many slots takes.
std::size_t ring_bytes(std::uint32_t capacity);

/// Makes an empty ring in memory that is zero and that nobody else uses yet. It is as if `start` items had
/// gone through it before: whatever you count begins there.
void prepare(Ring& ring, std::uint32_t capacity, std::uint64_t start);

// At any time at most one process puts (the producer) and at most one gets (the consumer). Which processes
// these are may change.

/// False: the ring is full. Never sleeps.
bool try_put(Ring& ring, const Item& item);
/// The oldest item. False: the ring is empty. Never sleeps.
bool try_get(Ring& ring, Item& item);

/// Sleeps while the ring is full.
void put(Ring& ring, const Item& item);
/// The oldest item. Sleeps while the ring is empty.
Item get(Ring& ring);
