// fails: neither full nor empty: no system call
// cause: too-many-calls
  const std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  if (is_full(ring)) ::usleep(1);  // perhaps there is room by then
  if (n - ring.got_count.load(std::memory_order_acquire) == ring.capacity) return false;
  ring.slots()[n % ring.capacity] = item;
  ring.put_count.store(n + 1, std::memory_order_release);
