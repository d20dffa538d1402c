// fails: every capacity wraps around, however full the ring is
// cause: wrong-answer | no-signaller | blocks
  const std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  if (n - ring.got_count.load(std::memory_order_acquire) == ring.capacity) return false;
  ring.slots()[n & (ring.capacity - 1)] = item;
  ring.put_count.store(n + 1, std::memory_order_release);
