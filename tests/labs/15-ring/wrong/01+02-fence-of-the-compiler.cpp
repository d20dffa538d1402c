// fails: everything that both sides touch is in order
// cause: race
  const std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  if (n - ring.got_count.load(std::memory_order_acquire) == ring.capacity) return false;
  ring.slots()[n % ring.capacity] = item;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  ring.put_count.store(n + 1, std::memory_order_relaxed);
// TODO(2)
  const std::uint64_t n = ring.got_count.load(std::memory_order_relaxed);
  if (ring.put_count.load(std::memory_order_acquire) == n) return false;
  item = ring.slots()[n % ring.capacity];
  std::atomic_signal_fence(std::memory_order_seq_cst);
  ring.got_count.store(n + 1, std::memory_order_relaxed);
