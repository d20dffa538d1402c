// fails: items come out whole and in order, whatever bytes they have
// cause: wrong-answer
  const std::uint64_t n = ring.got_count.load(std::memory_order_relaxed);
  if (ring.put_count.load(std::memory_order_acquire) == n) return false;
  item = ring.slots()[(ring.put_count - 1) % ring.capacity];
  ring.got_count.store(n + 1, std::memory_order_release);
