// fails: all that a ring is lies in shared memory: others can go on with it
// cause: wrong-answer | no-signaller | blocks | spins
  static std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  if (n - ring.got_count.load(std::memory_order_acquire) == ring.capacity) return false;
  ring.slots()[n % ring.capacity] = item;
  ring.put_count.store(++n, std::memory_order_release);
