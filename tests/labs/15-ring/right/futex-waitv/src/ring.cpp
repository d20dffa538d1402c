// Another way: places that go around twice, plain words used through atomic_ref, and futex_waitv(2).

#include "ring.hpp"
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <system_error>
#include "layout.hpp"
namespace {
using Shared = std::atomic_ref<std::uint32_t>;
struct Waiter {
  std::uint64_t val, uaddr;
  std::uint32_t flags, reserved;
};
constexpr std::uint32_t kSize32 = 2;
constexpr long kFutexWaitv = 449;

std::uint32_t next(const Ring& r, std::uint32_t place) { return place + 1 == 2 * r.capacity ? 0 : place + 1; }
bool full(Ring& r) { return (Shared(r.out).load() + r.capacity) % (2 * r.capacity) == Shared(r.in).load(); }
bool empty(Ring& r) { return Shared(r.out).load() == Shared(r.in).load(); }

void sleep_on(std::uint32_t& word) {
  const Waiter waiter{1, reinterpret_cast<std::uintptr_t>(&word), kSize32, 0};
  while (Shared(word).load() == 1) {
    long result = ::syscall(kFutexWaitv, &waiter, 1, 0, nullptr, 0);
    if (result < 0 && (errno == ENOSYS || errno == EPERM))  // before Linux 5.16, or forbidden
      result = ::syscall(SYS_futex, &word, FUTEX_WAIT, 1, nullptr, nullptr, 0);
    if (result < 0 && errno != EAGAIN && errno != EINTR)
      throw std::system_error(errno, std::system_category(), "futex_waitv");
  }
}
void wake(std::uint32_t& word) {
  if (Shared(word).exchange(0) == 1 && ::syscall(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0) < 0)
    throw std::system_error(errno, std::system_category(), "futex");
}
}  // namespace

std::size_t ring_bytes(std::uint32_t capacity) { return sizeof(Ring) + capacity * sizeof(Item); }
void prepare(Ring& r, std::uint32_t capacity, std::uint64_t start) {
  r = {capacity, static_cast<std::uint32_t>(start % (2ull * capacity)),
       static_cast<std::uint32_t>(start % (2ull * capacity)), 0, 0};
}
bool try_put(Ring& r, const Item& item) {
  if (full(r)) return false;
  const auto place = Shared(r.in).load(std::memory_order_relaxed);
  r.items()[place % r.capacity] = item;
  Shared(r.in).store(next(r, place));
  wake(r.out_state);
  return true;
}
bool try_get(Ring& r, Item& item) {
  if (empty(r)) return false;
  const auto place = Shared(r.out).load(std::memory_order_relaxed);
  item = r.items()[place % r.capacity];
  Shared(r.out).store(next(r, place));
  wake(r.in_state);
  return true;
}
void put(Ring& r, const Item& item) {
  for (;;) {
    if (try_put(r, item)) return;
    Shared(r.in_state).store(1);
    if (!full(r)) {
      Shared(r.in_state).store(0);
      continue;
    }
    sleep_on(r.in_state);
  }
}
Item get(Ring& r) {
  for (Item item;;) {
    if (try_get(r, item)) return item;
    Shared(r.out_state).store(1);
    if (!empty(r)) {
      Shared(r.out_state).store(0);
      continue;
    }
    sleep_on(r.out_state);
  }
}
