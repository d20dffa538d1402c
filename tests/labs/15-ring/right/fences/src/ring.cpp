// Another way: C, the compiler's own atomics, and fences between them.

#include "ring.hpp"
#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "layout.hpp"

static void die(const char* what) {
  perror(what);
  abort();
}

static void go_to_sleep(uint32_t* word, const uint64_t* count, uint64_t stuck_at) {
  __atomic_store_n(word, 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  while (__atomic_load_n(count, __ATOMIC_RELAXED) == stuck_at && __atomic_load_n(word, __ATOMIC_RELAXED) == 1)
    if (syscall(SYS_futex, word, FUTEX_WAIT, 1, NULL, NULL, 0) == -1 && errno != EAGAIN && errno != EINTR)
      die("futex");
  __atomic_store_n(word, 0, __ATOMIC_RELAXED);
}

static void rouse(uint32_t* word) {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (__atomic_load_n(word, __ATOMIC_RELAXED) == 0) return;
  __atomic_store_n(word, 0, __ATOMIC_RELAXED);
  if (syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0) == -1) die("futex");
}

size_t ring_bytes(uint32_t capacity) { return sizeof(struct Ring) + capacity * sizeof(struct Item); }

void prepare(Ring& ring, uint32_t capacity, uint64_t start) {
  ring.capacity = capacity;
  ring.put_count = ring.got_count = start;
}

bool try_put(Ring& ring, const Item& item) {
  uint64_t n = __atomic_load_n(&ring.put_count, __ATOMIC_RELAXED);
  if (n - __atomic_load_n(&ring.got_count, __ATOMIC_ACQUIRE) == ring.capacity) return false;
  memcpy(&ring.slot[n % ring.capacity], &item, sizeof item);
  __atomic_store_n(&ring.put_count, n + 1, __ATOMIC_RELEASE);
  rouse(&ring.sleeper[0]);
  return true;
}

bool try_get(Ring& ring, Item& item) {
  uint64_t n = __atomic_load_n(&ring.got_count, __ATOMIC_RELAXED);
  if (__atomic_load_n(&ring.put_count, __ATOMIC_ACQUIRE) == n) return false;
  memcpy(&item, &ring.slot[n % ring.capacity], sizeof item);
  __atomic_store_n(&ring.got_count, n + 1, __ATOMIC_RELEASE);
  rouse(&ring.sleeper[1]);
  return true;
}

void put(Ring& ring, const Item& item) {
  while (!try_put(ring, item)) go_to_sleep(&ring.sleeper[1], &ring.got_count, ring.put_count - ring.capacity);
}

Item get(Ring& ring) {
  Item item;
  while (!try_get(ring, item)) go_to_sleep(&ring.sleeper[0], &ring.put_count, ring.got_count);
  return item;
}
