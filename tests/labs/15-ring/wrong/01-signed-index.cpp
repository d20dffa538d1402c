// fails: a ring goes on after two thousand million items, and after four
// cause: wrong-answer | killed-by-signal | ended-early | blocks | no-signaller
  const std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  if (n - ring.got_count.load(std::memory_order_acquire) == ring.capacity) return false;
  const int index = static_cast<int>(n) % static_cast<int>(ring.capacity);
  ring.slots()[index] = item;
  ring.put_count.store(n + 1, std::memory_order_release);
