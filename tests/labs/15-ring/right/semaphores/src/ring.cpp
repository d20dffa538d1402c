// Another way: process-shared semaphores. glibc's make a system call only to sleep and to wake.

#include "ring.hpp"

#include <cerrno>
#include <new>
#include <system_error>

#include "layout.hpp"

namespace {

void must(int result, const char* call) {
  if (result != 0) throw std::system_error(errno, std::generic_category(), call);
}

bool took(sem_t& semaphore) {
  if (::sem_trywait(&semaphore) == 0) return true;
  return errno == EINTR ? took(semaphore) : false;
}

void take(sem_t& semaphore) {
  while (::sem_wait(&semaphore) != 0)
    if (errno != EINTR) must(-1, "sem_wait");
}

void fill(Ring& ring, const Item& item) {
  ring.slots()[ring.put_at] = item;
  ring.put_at = (ring.put_at + 1) % ring.capacity;
  must(::sem_post(&ring.full), "sem_post");
}

Item empty(Ring& ring) {
  const Item item = ring.slots()[ring.got_at];
  ring.got_at = (ring.got_at + 1) % ring.capacity;
  must(::sem_post(&ring.free), "sem_post");
  return item;
}

}  // namespace

std::size_t ring_bytes(std::uint32_t capacity) { return sizeof(Ring) + capacity * sizeof(Item); }

void prepare(Ring& ring, std::uint32_t capacity, std::uint64_t start) {
  new (&ring) Ring{};
  ring.capacity = capacity;
  ring.put_at = ring.got_at = static_cast<std::uint32_t>(start % capacity);
  must(::sem_init(&ring.free, 1, capacity), "sem_init");
  must(::sem_init(&ring.full, 1, 0), "sem_init");
}

bool try_put(Ring& ring, const Item& item) {
  if (!took(ring.free)) return false;
  fill(ring, item);
  return true;
}

bool try_get(Ring& ring, Item& item) {
  if (!took(ring.full)) return false;
  item = empty(ring);
  return true;
}

void put(Ring& ring, const Item& item) {
  take(ring.free);
  fill(ring, item);
}

Item get(Ring& ring) {
  take(ring.full);
  return empty(ring);
}
