// fails: a ring goes on after two thousand million items, and after four
// cause: wrong-answer | no-signaller | blocks | spins
  const std::uint64_t n = ring.got_count.load(std::memory_order_relaxed);
  if (static_cast<int>(ring.put_count.load(std::memory_order_acquire)) <= static_cast<int>(n)) return false;
  item = ring.slots()[n % ring.capacity];
  ring.got_count.store(n + 1, std::memory_order_release);
