// The checks of lab 15-ring, part 1: what goes in comes out.

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "ring.hpp"

TEST_CASE("a ring takes as many items as it has slots, and no more" * rule("S2") * todo(1) * points(2)) {
  Room room;
  Pair pair = ::pair(room);
  for (const int capacity : {1, 2, 3, 8, room.random(9, 40)}) {
    pair.makes(fmt::format("/ring{}", capacity), capacity, static_cast<std::uint64_t>(room.random(0, 1000)));
    for (int i = 0; i < capacity; ++i) pair.try_put(room.random_text()).must_return();
    pair.try_put("x").must_fail("EAGAIN");
    pair.try_put("x").must_fail("EAGAIN");
    pair.remove();
  }
}

TEST_CASE("items come out whole and in order, whatever bytes they have" * rule("S3") * todo(2) * points(2)) {
  Room room;
  const Pair pair = ring(room, 4);
  pair.try_get().must_fail("EAGAIN");
  for (int round = 0; round < 5; ++round) {
    std::vector<std::string> items;
    for (const std::size_t size : {std::size_t(0), std::size_t(1), std::size_t(60)})
      items.push_back(room.random_bytes(size));
    items.push_back(room.random_bytes(static_cast<std::size_t>(room.random(2, 59))));
    items[2][30] = '\0';
    for (const auto& item : items) pair.try_put(item).must_return();
    pair.try_put("x").must_fail("EAGAIN");
    for (const auto& item : items) pair.try_get().must_return(item);
    pair.try_get().must_fail("EAGAIN");
  }
  pair.remove();
}

TEST_CASE("every capacity wraps around, however full the ring is" * rule("S3") * todo(2) * points(3)) {
  Room room;
  Pair pair = ::pair(room);
  for (int capacity = 1; capacity <= 17; ++capacity) {
    pair.makes(fmt::format("/ring{}", capacity), capacity, static_cast<std::uint64_t>(room.random(0, 99)));
    // `kept` items stay in it while all others go through.
    for (const int kept : {0, capacity / 2, capacity - 1}) {
      pair.send(kept).must_return();
      const int step = capacity - kept;
      int sent = kept;
      for (; sent < 2 * capacity + 3; sent += step) {
        pair.send(step, sent).must_return();
        pair.try_put("x").must_fail("EAGAIN");
        pair.receive(step, sent - kept).must_return();
      }
      pair.receive(kept, sent - kept).must_return();
      pair.try_get().must_fail("EAGAIN");
    }
    pair.remove();
  }
}

TEST_CASE("a ring of any size has memory for all its slots" * rule("S2") * todo(2) * points(1)) {
  Room room;
  Pair pair = ::pair(room);
  // So many in a row that with some the memory ends where a page does. What lies behind it is another ring,
  // in each process another one: they map them in opposite orders.
  std::vector<int> capacities(68);
  std::iota(capacities.begin(), capacities.end(), 1);
  for (const int large : {4096, 65535, 65536}) capacities.push_back(large);
  const auto name = [](int capacity) { return fmt::format("/ring{}", capacity); };
  for (const int capacity : capacities)
    pair.producer.does(fmt::format("create {} {}", name(capacity), capacity));
  std::ranges::reverse(capacities);
  for (const int capacity : capacities) pair.consumer.does("open " + name(capacity));
  for (const int capacity : capacities) {
    pair.name = name(capacity);
    pair.send(capacity).must_return();
    pair.try_put("x").must_fail("EAGAIN");
    pair.receive(capacity).must_return();
    pair.try_get().must_fail("EAGAIN");
    pair.remove();
  }
}

TEST_CASE("a ring goes on after two thousand million items, and after four" * rule("S3") * todo(2) *
          points(2)) {
  Room room;
  Pair pair = ::pair(room);
  for (const int capacity : {1, 3, 5, 7, 16}) {
    for (const int bits : {31, 32, 33, 48, 63}) {
      // Before the count has one digit more; never 2^63 items in all, which nobody need count.
      const int before = bits == 63 ? 100 : room.random(1, 4);
      const std::uint64_t start = (std::uint64_t{1} << bits) - static_cast<std::uint64_t>(before);
      pair.makes(fmt::format("/ring{}-{}", capacity, bits), capacity, start);
      pair.try_get().must_fail("EAGAIN");
      for (int first = 0; first < 12; first += capacity) pair.passes(capacity, first);
      pair.send(capacity).must_return();
      pair.try_put("x").must_fail("EAGAIN");
      pair.receive(capacity).must_return();
      pair.remove();
    }
  }
}

TEST_CASE("all that a ring is lies in shared memory: others can go on with it" * rule("S4") * todo(2) *
          points(2)) {
  Room room;
  Pair pair = ring(room, 5);
  Pair other = pair;
  other.name = "/other";
  other.producer.does("create /other 3");
  pair.passes(4);
  for (const char* text : {"a", "b", "c"}) other.try_put(text).must_return();  // another ring: its own counts
  pair.send(3, 100).must_return();
  other.try_get().must_return("a");
  other.try_put("d").must_return();
  pair.producer.quits();
  pair.consumer.quits();
  pair.producer = room.console("ring", "second producer");
  pair.consumer = room.console("ring", "second consumer");
  pair.receive(2, 100).must_return();
  pair.send(4, 103).must_return();
  pair.try_put("x").must_fail("EAGAIN");
  pair.receive(5, 102).must_return();
  pair.try_get().must_fail("EAGAIN");
  pair.consumer.types("try_get /other").must_return("b");
  pair.remove();
  pair.producer.does("remove /other");
}
