// fails: items come out whole and in order, whatever bytes they have
// cause: wrong-answer
  const std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  if (n - ring.got_count.load(std::memory_order_acquire) == ring.capacity) return false;
  Item& slot = ring.slots()[n % ring.capacity];
  slot = Item{};
  while (slot.size < item.size && item.bytes[slot.size] != 0) {
    slot.bytes[slot.size] = item.bytes[slot.size];
    ++slot.size;
  }
  ring.put_count.store(n + 1, std::memory_order_release);
