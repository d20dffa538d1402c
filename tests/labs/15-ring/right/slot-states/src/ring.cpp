// Another way: the state of a slot instead of two counts that are compared; the default order instead of
// exchange: store, then load, on both sides.

#include "ring.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <new>

#include "layout.hpp"

namespace {

void sleep_on(std::atomic<std::uint32_t>& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 1, nullptr, nullptr, FUTEX_BITSET_MATCH_ANY);
}

void wake(std::atomic<std::uint32_t>& word) {
  if (word.load() == 0) return;
  word.store(0);
  ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace

std::size_t ring_bytes(std::uint32_t capacity) { return sizeof(Ring) + capacity * sizeof(Slot); }

void prepare(Ring& ring, std::uint32_t capacity, std::uint64_t start) {
  new (&ring) Ring{};
  ring.capacity = capacity;
  ring.next_to_put = ring.next_to_get = start;
  for (std::uint64_t n = start; n < start + capacity; ++n) {
    Slot* slot = new (&ring.slot_of(n)) Slot{};
    slot->state = ring.free_for(n);
  }
}

bool try_put(Ring& ring, const Item& item) {
  const std::uint64_t n = ring.next_to_put.load(std::memory_order_relaxed);
  Slot& slot = ring.slot_of(n);
  if (slot.state != ring.free_for(n)) return false;
  slot.item = item;
  ring.next_to_put.store(n + 1, std::memory_order_relaxed);
  slot.state = ring.free_for(n) + 1;
  wake(ring.waits_for_item);
  return true;
}

bool try_get(Ring& ring, Item& item) {
  const std::uint64_t n = ring.next_to_get.load(std::memory_order_relaxed);
  Slot& slot = ring.slot_of(n);
  if (slot.state != ring.free_for(n) + 1) return false;
  item = slot.item;
  ring.next_to_get.store(n + 1, std::memory_order_relaxed);
  slot.state = ring.free_for(n) + 2;
  wake(ring.waits_for_room);
  return true;
}

void put(Ring& ring, const Item& item) {
  while (!try_put(ring, item)) {
    ring.waits_for_room.store(1);
    if (try_put(ring, item)) {
      ring.waits_for_room.store(0);
      return;
    }
    sleep_on(ring.waits_for_room);
  }
}

Item get(Ring& ring) {
  Item item;
  while (!try_get(ring, item)) {
    ring.waits_for_item.store(1);
    if (try_get(ring, item)) {
      ring.waits_for_item.store(0);
      break;
    }
    sleep_on(ring.waits_for_item);
  }
  return item;
}
