// The checks of lab 15-ring. Two consoles share a ring: one puts, one gets. Where a ring begins to count is
// the check's choice, so that counts wrap after a few items; system calls are counted by the room's tracer.

#include "check/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

using namespace ipclab;
using namespace ipclab::check;

namespace {

constexpr char kRing[] = "/ring";

/// A ring, who puts, and who gets.
struct Pair {
  Console producer, consumer;
  std::string name;

  Reply put(const std::string& text) const {
    return producer.types(fmt::format("put {} {}", name, word(text)));
  }
  Reply try_put(const std::string& text) const {
    return producer.types(fmt::format("try_put {} {}", name, word(text)));
  }
  Reply get() const { return consumer.types("get " + name); }
  Reply try_get() const { return consumer.types("try_get " + name); }
  Reply send(int count, int first = 0) const {
    return producer.types(fmt::format("send {} {} {}", name, count, first));
  }
  Reply receive(int count, int first = 0) const {
    return consumer.types(fmt::format("receive {} {} {}", name, count, first));
  }
  /// Neither may sleep.
  void passes(int count, int first = 0) const {
    send(count, first).must_return();
    receive(count, first).must_return();
  }
  void makes(const std::string& ring, int capacity, std::uint64_t start = 0) {
    name = ring;
    producer.does(fmt::format("create {} {} {}", name, capacity, start));
    consumer.does("open " + name);
  }
  void remove() const { producer.does("remove " + name); }
};

Pair pair(Room& room, std::vector<Fault> producer = {}, std::vector<Fault> consumer = {}) {
  Pair pair;
  pair.producer = room.console("ring", "producer", std::move(producer));
  pair.consumer = room.console("ring", "consumer", std::move(consumer));
  return pair;
}

Pair ring(Room& room, int capacity, std::uint64_t start = 0) {
  Pair made = pair(room);
  made.makes(kRing, capacity, start);
  return made;
}

std::vector<std::string> texts(Room& room, int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i)
    all.push_back(room.random_text(static_cast<std::size_t>(room.random(1, 60))));
  return all;
}

/// Whoever is held at a futex call is let go as soon as the other has come to rest.
void slowly(const Console& held, const Console& other, const Reply& reply) {
  for (held.must_settle(); !reply.has_returned() && held.is_held(); held.must_settle()) {
    other.must_settle();
    held.goes_on();
  }
}

}  // namespace

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

TEST_CASE("neither full nor empty: no system call" * rule("S7") * todo(2) * points(3)) {
  Room room;
  Pair pair = ::pair(room, {count_calls()}, {count_calls()});
  pair.makes(kRing, 8);
  pair.passes(8);  // memory that the programs take once
  pair.send(8).must_return();
  pair.try_put("x").must_fail("EAGAIN");
  pair.receive(8).must_return();
  pair.try_get().must_fail("EAGAIN");
  const CallCounts producer = pair.producer.calls_made(), consumer = pair.consumer.calls_made();
  pair.send(4).must_return();
  for (int round = 0; round < 5; ++round) {
    pair.send(3, 4 + 3 * round).must_return();
    pair.receive(3, 3 * round).must_return();
  }
  must_be_at_most(pair.producer.calls_made() - producer, 0, "putting while the ring is not full");
  must_be_at_most(pair.consumer.calls_made() - consumer, 0, "getting while the ring is not empty");
  // To the last slot and to the last item, too: there is nobody to be woken.
  pair.send(4, 19).must_return();
  pair.try_put("x").must_fail("EAGAIN");
  pair.receive(8, 15).must_return();
  pair.try_get().must_fail("EAGAIN");
  must_be_at_most(pair.producer.calls_made() - producer, 0, "filling the ring while nobody sleeps");
  must_be_at_most(pair.consumer.calls_made() - consumer, 0, "emptying the ring while nobody sleeps");
  pair.remove();
}

TEST_CASE("who has slept and was woken costs no system calls later" * rule("S7") * todo(4) * points(2) *
          needs("who sleeps is woken, every time")) {
  Room room;
  Pair pair = ::pair(room, {count_calls(), hold_after("futex", 0)}, {count_calls(), hold_after("futex", 0)});
  pair.name = kRing;
  const auto produces = [&](const Reply& reply, std::string_view answer = "") {
    slowly(pair.producer, pair.consumer, reply);
    reply.must_return(answer);
  };
  const auto consumes = [&](const Reply& reply, std::string_view answer = "") {
    slowly(pair.consumer, pair.producer, reply);
    reply.must_return(answer);
  };
  const auto passes = [&](int first) {
    produces(pair.send(3, first));
    consumes(pair.receive(3, first));
  };
  produces(pair.producer.types(fmt::format("create {} 4", kRing)));
  consumes(pair.consumer.types(fmt::format("open {}", kRing)));
  // Who is woken runs on before the one who wakes it comes back from the call.
  const Reply got = pair.get();
  pair.consumer.must_settle();
  const Reply waking = pair.put("x");
  pair.producer.must_settle();
  consumes(got, "x");
  produces(waking);
  produces(pair.send(4));
  const Reply put = pair.put("y");
  pair.producer.must_settle();
  const Reply received = pair.receive(4);
  pair.consumer.must_settle();
  produces(put);
  consumes(received);
  consumes(pair.get(), "y");
  passes(0);  // a bell that was rung too often may be heard once more
  const CallCounts producer = pair.producer.calls_made(), consumer = pair.consumer.calls_made();
  for (int first = 0; first < 12; first += 3) passes(first);
  must_be_at_most(pair.producer.calls_made() - producer, 0, "putting while nobody sleeps");
  must_be_at_most(pair.consumer.calls_made() - consumer, 0, "getting while nobody sleeps");
  pair.remove();
}

TEST_CASE("thousands of items, both at full speed" * rule("S3") * todo(4) * points(3)) {
  Room room;
  Pair pair = ::pair(room);
  for (const int capacity : {1, 2, 7, 64}) {
    pair.makes(fmt::format("/ring{}", capacity), capacity);
    const int count = 3000 + room.random(0, 100);
    const Reply sent = pair.send(count), received = pair.receive(count);
    sent.must_return();
    received.must_return();
    pair.try_get().must_fail("EAGAIN");
    pair.remove();
  }
}

TEST_CASE("everything that both sides touch is in order" * rule("S8") * todo(2) * points(3)) {
  Room room(kWatchingRaces);
  Pair pair = ::pair(room);
  for (const int capacity : {1, 3}) {
    pair.makes(fmt::format("/ring{}", capacity), capacity);
    // Nobody sleeps, or a wake-up would put in order what the counts do not.
    for (int first = 0; first < 12; first += capacity) pair.passes(capacity, first);
    pair.remove();
  }
  room.must_be_race_free();
}

TEST_CASE("under 200 schedules no item and no wake-up is lost" * rule("S6") * todo(4) * points(4) *
          needs("who sleeps is woken, every time")) {
  under_schedules(200, [](Room& room) {
    room.console("ring", "maker").does(fmt::format("create {} {}", kRing, room.random(1, 2)));
    Pair pair = ::pair(room);
    pair.name = kRing;
    const Reply sent = pair.send(4), received = pair.receive(4);
    sent.must_return();
    received.must_return();
    room.remove_objects();
  });
}
