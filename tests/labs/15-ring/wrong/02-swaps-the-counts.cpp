// fails: items come out whole and in order, whatever bytes they have
// cause: wrong-answer | killed-by-signal
  const std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  if (ring.got_count.load(std::memory_order_acquire) == n) return false;
  item = ring.slots()[n % ring.capacity];
  ring.put_count.store(n + 1, std::memory_order_release);
