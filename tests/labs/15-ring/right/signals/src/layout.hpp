#pragma once
#include <sys/types.h>
#include <atomic>
#include <cstdint>
#include "ring.hpp"
struct Ring {
  std::uint32_t capacity;
  alignas(64) std::atomic<std::uint64_t> put_count;
  alignas(64) std::atomic<std::uint64_t> got_count;
  std::atomic<pid_t> sleeping_producer, sleeping_consumer;  // 0: none
  Item& slot(std::uint64_t n) { return reinterpret_cast<Item*>(this + 1)[n % capacity]; }
};
