// fails: a ring of any size has memory for all its slots
// cause: spins
  const std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  const auto capacity = static_cast<std::uint16_t>(ring.capacity);
  if (n - ring.got_count.load(std::memory_order_acquire) == capacity) return false;
  ring.slots()[n % capacity] = item;
  ring.put_count.store(n + 1, std::memory_order_release);
