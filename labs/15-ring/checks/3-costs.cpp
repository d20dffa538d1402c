// The checks of lab 15-ring, part 3: what it costs, and what both sides touch.

#include <fmt/format.h>

#include <string>

#include "ring.hpp"

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

TEST_CASE("everything that both sides touch is in order" * rule("S8") * todo(2) * points(3) * races()) {
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

TEST_CASE("under 200 schedules no item and no wake-up is lost" * rule("S6") * todo(4) * points(4) * races() *
          needs("who sleeps is woken, every time")) {
  under_schedules(200, [](Room& room) {
    const auto bystander = room.bystander("ring");
    bystander.does(fmt::format("create {} {}", kRing, room.random(1, 2)));
    Pair pair = ::pair(room);
    pair.name = kRing;
    const Reply sent = pair.send(4), received = pair.receive(4);
    sent.must_return();
    received.must_return();
    bystander.does(fmt::format("remove {}", kRing));
  });
}
