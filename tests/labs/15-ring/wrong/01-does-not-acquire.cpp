// fails: everything that both sides touch is in order
// cause: race
  const std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  if (n - ring.got_count.load(std::memory_order_relaxed) == ring.capacity) return false;
  ring.slots()[n % ring.capacity] = item;
  ring.put_count.store(n + 1, std::memory_order_release);
