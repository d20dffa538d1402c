// Another way: who sleeps waits for a signal; its number lies in the ring.

#include "ring.hpp"
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <system_error>
#include "layout.hpp"
namespace {
// A signal that is blocked stays pending until it is waited for: none is lost.
sigset_t wake_up() {
  static const sigset_t set = [] {
    sigset_t s;
    ::sigemptyset(&s);
    ::sigaddset(&s, SIGUSR2);
    ::pthread_sigmask(SIG_BLOCK, &s, nullptr);
    return s;
  }();
  return set;
}
template <class Possible>
void sleep_until(std::atomic<pid_t>& me, Possible possible) {
  const sigset_t set = wake_up();
  while (!possible()) {
    me.exchange(::getpid());
    if (possible()) break;
    if (::sigwaitinfo(&set, nullptr) < 0 && errno != EINTR)
      throw std::system_error(errno, std::generic_category(), "sigwaitinfo");
  }
  me = 0;
}
void wake(std::atomic<pid_t>& other) {
  if (const pid_t pid = other.exchange(0); pid != 0 && ::kill(pid, SIGUSR2) != 0 && errno != ESRCH)
    throw std::system_error(errno, std::generic_category(), "kill");
}
}  // namespace
std::size_t ring_bytes(std::uint32_t capacity) { return sizeof(Ring) + capacity * sizeof(Item); }
void prepare(Ring& ring, std::uint32_t capacity, std::uint64_t start) {
  ring.capacity = capacity;
  ring.put_count = ring.got_count = start;
}
bool try_put(Ring& ring, const Item& item) {
  const auto n = ring.put_count.load(std::memory_order_relaxed);
  if (n - ring.got_count.load(std::memory_order_acquire) == ring.capacity) return false;
  ring.slot(n) = item;
  ring.put_count.store(n + 1, std::memory_order_release);
  wake(ring.sleeping_consumer);
  return true;
}
bool try_get(Ring& ring, Item& item) {
  const auto n = ring.got_count.load(std::memory_order_relaxed);
  if (n == ring.put_count.load(std::memory_order_acquire)) return false;
  item = ring.slot(n);
  ring.got_count.store(n + 1, std::memory_order_release);
  wake(ring.sleeping_producer);
  return true;
}
void put(Ring& ring, const Item& item) {
  while (!try_put(ring, item))
    sleep_until(ring.sleeping_producer, [&] { return ring.put_count - ring.got_count < ring.capacity; });
}
Item get(Ring& ring) {
  Item item;
  while (!try_get(ring, item))
    sleep_until(ring.sleeping_consumer, [&] { return ring.put_count != ring.got_count; });
  return item;
}
