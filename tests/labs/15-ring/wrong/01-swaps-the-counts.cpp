// fails: items come out whole and in order, whatever bytes they have
// cause: wrong-answer | blocks | no-signaller
  const std::uint64_t n = ring.got_count.load(std::memory_order_relaxed);
  if (n - ring.put_count.load(std::memory_order_acquire) == ring.capacity) return false;
  ring.slots()[n % ring.capacity] = item;
  ring.got_count.store(n + 1, std::memory_order_release);
