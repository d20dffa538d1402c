// fails: everything that both sides touch is in order
// cause: race
  const std::uint64_t n = ring.got_count.load(std::memory_order_relaxed);
  if (ring.put_count.load(std::memory_order_acquire) == n) return false;
  ring.got_count.store(n + 1, std::memory_order_release);
  item = ring.slots()[n % ring.capacity];
