// fails: items come out whole and in order, whatever bytes they have
// cause: wrong-answer
  const std::uint64_t n = ring.got_count.load(std::memory_order_relaxed);
  item = ring.slots()[n % ring.capacity];
  ring.got_count.store(n + 1, std::memory_order_release);
