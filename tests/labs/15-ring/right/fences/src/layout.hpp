#pragma once
#include <stdint.h>
#include "ring.hpp"
struct Ring {
  uint32_t capacity;
  uint64_t put_count, got_count;
  uint32_t sleeper[2];
  Item slot[];
};
