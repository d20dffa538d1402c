// Lab 15-ring: a queue in shared memory from one process to another, without a lock.

#include "ring.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>

#include "ipclab/not_done.hpp"
#include "layout.hpp"

using ipclab::not_done;

namespace {

/// futex(2), for which the C library has no function. -1: errno says why.
[[maybe_unused]] long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) {
  return ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

[[maybe_unused]] [[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

bool is_full(const Ring& ring) { return ring.put_count - ring.got_count == ring.capacity; }
bool is_empty(const Ring& ring) { return ring.put_count == ring.got_count; }

/// Sleeps until the other side wakes this one, but not when `ready()`: then there is nothing to sleep for.
/// May return early.
template <typename Ready>
void sleep_unless([[maybe_unused]] Ready ready, [[maybe_unused]] std::atomic<std::uint32_t>& sleeps) {
  // TODO(3): Say in `sleeps` that you sleep, by exchange(). Only then look whether you must: the other side
  // may have come in between, and not have seen it. Sleep while the word is 1. An interrupted sleep is no
  // failure, nor is one that does not begin because the word has changed. At the end, say that you are awake.
  sleeps.exchange(1);
  while (!ready() && sleeps == 1)
    if (futex(sleeps, FUTEX_WAIT, 1) != 0 && errno != EAGAIN && errno != EINTR) fail("futex");
  sleeps = 0;
  // END(3)
}

/// Wakes the other side, if it sleeps. A system call only then. (Why exchange, and not load? README, "Two
/// flags".)
void wake(std::atomic<std::uint32_t>& sleeps) {
  if (sleeps.exchange(0) == 0) return;
  // TODO(4): Wake it. That nobody sleeps yet is no failure, an error is.
  const long woken = futex(sleeps, FUTEX_WAKE, 1);
  if (woken < 0) fail("futex");
  // END(4)
}

}  // namespace

std::size_t ring_bytes(std::uint32_t capacity) { return sizeof(Ring) + capacity * sizeof(Item); }

void prepare(Ring& ring, std::uint32_t capacity, std::uint64_t start) {
  new (&ring) Ring{};
  ring.capacity = capacity;
  ring.put_count = start;
  ring.got_count = start;
}

bool try_put([[maybe_unused]] Ring& ring, [[maybe_unused]] const Item& item) {
  // TODO(1): False when the ring is full. Copy the item to its slot, and only then publish it: count it, such
  // that who sees the new count sees the item too.
  const std::uint64_t n = ring.put_count.load(std::memory_order_relaxed);
  if (n - ring.got_count.load(std::memory_order_acquire) == ring.capacity) return false;
  ring.slots()[n % ring.capacity] = item;
  ring.put_count.store(n + 1, std::memory_order_release);
  // END(1)
  wake(ring.consumer_sleeps);
  return true;
}

bool try_get([[maybe_unused]] Ring& ring, [[maybe_unused]] Item& item) {
  // TODO(2): False when the ring is empty. Copy the oldest item out, and only then give its slot back, such
  // that the producer writes to it after you have read it.
  const std::uint64_t n = ring.got_count.load(std::memory_order_relaxed);
  if (ring.put_count.load(std::memory_order_acquire) == n) return false;
  item = ring.slots()[n % ring.capacity];
  ring.got_count.store(n + 1, std::memory_order_release);
  // END(2)
  wake(ring.producer_sleeps);
  return true;
}

void put(Ring& ring, const Item& item) {
  while (!try_put(ring, item)) sleep_unless([&] { return !is_full(ring); }, ring.producer_sleeps);
}

Item get(Ring& ring) {
  Item item;
  while (!try_get(ring, item)) sleep_unless([&] { return !is_empty(ring); }, ring.consumer_sleeps);
  return item;
}
