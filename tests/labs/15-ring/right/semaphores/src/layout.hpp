// Another way: two semaphores count, and sleep.
#pragma once

#include <semaphore.h>

#include <cstdint>

#include "ring.hpp"

struct Ring {
  std::uint32_t capacity;
  sem_t free, full;                  // slots
  alignas(64) std::uint32_t put_at;  // the producer's own
  alignas(64) std::uint32_t got_at;  // the consumer's own

  Item* slots() { return reinterpret_cast<Item*>(this + 1); }
};
