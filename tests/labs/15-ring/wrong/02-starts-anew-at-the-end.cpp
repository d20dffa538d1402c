// fails: every capacity wraps around, however full the ring is
// cause: wrong-answer | blocks | no-signaller
  const std::uint64_t n = ring.got_count.load(std::memory_order_relaxed);
  if (ring.put_count.load(std::memory_order_acquire) == n) return false;
  item = ring.slots()[n % ring.capacity];
  ring.got_count.store((n + 1) % ring.capacity, std::memory_order_release);
