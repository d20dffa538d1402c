// fails: a ring takes as many items as it has slots, and no more
// cause: wrong-answer
  const std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  ring.slots()[n % ring.capacity] = item;
  ring.put_count.store(n + 1, std::memory_order_release);
