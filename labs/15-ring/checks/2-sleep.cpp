// The checks of lab 15-ring, part 2: who cannot go on sleeps, and is woken.

#include <fmt/format.h>

#include <vector>

#include "ring.hpp"

TEST_CASE("get sleeps while the ring is empty" * rule("S5") * todo(3) * points(2)) {
  Room room;
  const Pair pair = ring(room, 3);
  const auto text = room.random_text();
  pair.try_put(text).must_return();
  pair.get().must_return(text);  // nothing to sleep for
  pair.get().must_block(anything());
  pair.remove();
  pair.consumer.kill();
}

TEST_CASE("put sleeps while the ring is full" * rule("S5") * todo(3) * points(2)) {
  Room room;
  const int capacity = room.random(1, 4);
  const Pair pair = ring(room, capacity);
  for (int i = 0; i < capacity; ++i) pair.put(room.random_text()).must_return();
  pair.put("x").must_block(anything());
  pair.consumer.does("remove " + pair.name);
  pair.producer.kill();
}

namespace {

/// In a ring with one slot: the consumer on the empty ring, the producer on the full one.
void both_sleep_and_are_woken(Room& room, const Pair& pair) {
  const auto items = texts(room, 3);
  const Reply got = pair.get();
  got.must_block(anything());
  pair.put(items[0]).must_return();
  got.must_return(items[0]);
  pair.put(items[1]).must_return();
  const Reply put = pair.put(items[2]);
  put.must_block(anything());
  pair.get().must_return(items[1]);
  put.must_return();
  pair.get().must_return(items[2]);
}

}  // namespace

TEST_CASE("who sleeps is woken, every time" * rule("S6") * todo(4) * points(3)) {
  Room room;
  const Pair pair = ring(room, 1);
  for (int round = 0; round < 4; ++round) both_sleep_and_are_woken(room, pair);
  // Also by those who would not have slept themselves.
  const Reply got = pair.get();
  got.must_block(anything());
  pair.try_put("x").must_return();
  got.must_return("x");
  pair.put("y").must_return();
  const Reply put = pair.put("z");
  put.must_block(anything());
  pair.try_get().must_return("y");
  put.must_return();
  pair.get().must_return("z");
  pair.remove();
}

TEST_CASE("a sleep that is interrupted goes on" * rule("S5") * todo(4) * points(2) *
          needs("who sleeps is woken, every time")) {
  Room room;
  const std::vector<Fault> twice = {interrupt("futex", 1), interrupt("futex", 2)};
  Pair pair = ::pair(room, twice, twice);
  pair.makes(kRing, 1);
  both_sleep_and_are_woken(room, pair);
  pair.remove();
}

TEST_CASE("a wake-up that comes before the sleep is not lost" * rule("S6") * todo(4) * points(3) *
          needs("who sleeps is woken, every time")) {
  Room room;
  Pair pair = ::pair(room, {hold_before("futex", 0)}, {hold_before("futex", 0)});
  pair.name = kRing;
  slowly(pair.producer, pair.consumer, pair.producer.types(fmt::format("create {} 1", kRing)));
  slowly(pair.consumer, pair.producer, pair.consumer.types(fmt::format("open {}", kRing)));
  const auto items = texts(room, 3);
  // The consumer has found the ring empty, and is about to sleep.
  const Reply got = pair.get();
  pair.consumer.must_settle();
  const Reply first = pair.put(items[0]);
  slowly(pair.producer, pair.consumer, first);
  first.must_return();
  slowly(pair.consumer, pair.producer, got);
  got.must_return(items[0]);
  // The producer has found it full.
  const Reply second = pair.put(items[1]);
  slowly(pair.producer, pair.consumer, second);
  second.must_return();
  const Reply third = pair.put(items[2]);
  pair.producer.must_settle();
  const Reply next = pair.get();
  slowly(pair.consumer, pair.producer, next);
  next.must_return(items[1]);
  slowly(pair.producer, pair.consumer, third);
  third.must_return();
  const Reply last = pair.get();
  slowly(pair.consumer, pair.producer, last);
  last.must_return(items[2]);
  pair.remove();
}
