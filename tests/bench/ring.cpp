// Items per second from one process to another: the ring of lab 15 (the solution), and Boost.Interprocess'
// message_queue, which has a lock and conditions in shared memory. Both with the same items and as many
// slots, one after the other, several rounds: what counts is the ratio within a round.
//
//   ring [ITEMS] [SLOTS] [ROUNDS]
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/interprocess/ipc/message_queue.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "ring.hpp"

namespace {

using Queue = boost::interprocess::message_queue;

Item numbered(std::uint64_t n) {
  Item item;
  item.size = sizeof n;
  std::memcpy(item.bytes, &n, sizeof n);
  return item;
}

/// Items per second. `put` runs in a process of its own; `get` must get what it put.
double rate(long items, const std::function<void(const Item&)>& put, const std::function<Item()>& get) {
  const auto began = std::chrono::steady_clock::now();
  const pid_t producer = ::fork();
  if (producer == 0) {
    for (long n = 0; n < items; ++n) put(numbered(static_cast<std::uint64_t>(n)));
    ::_exit(0);
  }
  for (long n = 0; n < items; ++n) {
    const Item expected = numbered(static_cast<std::uint64_t>(n)), item = get();
    if (item.size != expected.size || std::memcmp(item.bytes, expected.bytes, item.size) != 0)
      throw std::runtime_error(fmt::format("item {} is another", n));
  }
  ::waitpid(producer, nullptr, 0);
  return static_cast<double>(items) /
         std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double rate_of_ring(long items, std::uint32_t slots) {
  const std::size_t bytes = ring_bytes(slots);
  void* place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) throw std::bad_alloc();
  Ring& ring = *static_cast<Ring*>(place);
  prepare(ring, slots, 0);
  const double result = rate(
      items, [&](const Item& item) { put(ring, item); }, [&] { return get(ring); });
  ::munmap(place, bytes);
  return result;
}

double rate_of_queue(long items, std::uint32_t slots) {
  const std::string name = fmt::format("ipclab-bench-{}", ::getpid());
  Queue queue(boost::interprocess::create_only, name.c_str(), slots, sizeof(Item));
  Queue::remove(name.c_str());
  return rate(
      items, [&](const Item& item) { queue.send(&item, sizeof item, 0); },
      [&] {
        Item item;
        Queue::size_type size;
        unsigned priority;
        queue.receive(&item, sizeof item, size, priority);
        return item;
      });
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  const auto argument = [&](int n, long otherwise) {
    return count > n ? std::atol(arguments[n]) : otherwise;
  };
  const long items = argument(1, 1'000'000), rounds = argument(3, 5);
  const auto slots = static_cast<std::uint32_t>(argument(2, 1024));
  std::vector<double> ratios;
  for (long round = 0; round < rounds; ++round) {
    const double ring = rate_of_ring(items, slots), queue = rate_of_queue(items, slots);
    ratios.push_back(ring / queue);
    fmt::print("ring {:6.2f}   message_queue {:6.2f}   million items a second, ratio {:.1f}\n", ring / 1e6,
               queue / 1e6, ratios.back());
  }
  fmt::print("median of the ratios: {:.1f} ({} items of {} bytes, {} slots)\n", median(ratios), items,
             sizeof(Item), slots);
}
