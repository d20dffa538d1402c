// Another way: cached counts, and sleeps with a time-out of a minute: whoever comes out of one looks again.

#include "ring.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <initializer_list>
#include <new>

#include "layout.hpp"

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kAcquire = std::memory_order_acquire;

void doze(std::atomic<int>& word) {
  constexpr timespec kMinute{60, 0};
  ::syscall(SYS_futex, &word, FUTEX_WAIT, 1, &kMinute, nullptr, 0);
}

void ring_bell(std::atomic<int>& word) {
  int one = 1;
  if (word.compare_exchange_strong(one, 0)) ::syscall(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

}  // namespace

std::size_t ring_bytes(std::uint32_t capacity) { return sizeof(Ring) + capacity * sizeof(Item); }

void prepare(Ring& ring, std::uint32_t capacity, std::uint64_t start) {
  new (&ring) Ring{};
  ring.capacity = capacity;
  for (auto* count :
       {&ring.producer.count, &ring.producer.seen_got, &ring.consumer.count, &ring.consumer.seen_put})
    count->store(start);
}

bool try_put(Ring& ring, const Item& item) {
  const std::uint64_t n = ring.producer.count.load(kRelaxed);
  if (n - ring.producer.seen_got.load(kRelaxed) == ring.capacity) {
    ring.producer.seen_got.store(ring.consumer.count.load(kAcquire), kRelaxed);
    if (n - ring.producer.seen_got.load(kRelaxed) == ring.capacity) return false;
  }
  ring.slots()[n % ring.capacity] = item;
  ring.producer.count.exchange(n + 1);
  ring_bell(ring.consumer.asleep);
  return true;
}

bool try_get(Ring& ring, Item& item) {
  const std::uint64_t n = ring.consumer.count.load(kRelaxed);
  if (ring.consumer.seen_put.load(kRelaxed) == n) {
    ring.consumer.seen_put.store(ring.producer.count.load(kAcquire), kRelaxed);
    if (ring.consumer.seen_put.load(kRelaxed) == n) return false;
  }
  item = ring.slots()[n % ring.capacity];
  ring.consumer.count.exchange(n + 1);
  ring_bell(ring.producer.asleep);
  return true;
}

void put(Ring& ring, const Item& item) {
  for (bool may_sleep = false; !try_put(ring, item); may_sleep = !may_sleep)
    may_sleep ? doze(ring.producer.asleep) : void(ring.producer.asleep.exchange(1));
}

Item get(Ring& ring) {
  Item item;
  for (bool may_sleep = false; !try_get(ring, item); may_sleep = !may_sleep)
    may_sleep ? doze(ring.consumer.asleep) : void(ring.consumer.asleep.exchange(1));
  return item;
}
