// The checks of lab 03-posix-mq, part 3: waiting.

#include <chrono>
#include <string>
#include <vector>

#include "deadline.hpp"
#include "queue.hpp"

using std::chrono::milliseconds;

TEST_CASE("receive sleeps while the queue is empty" * rule("S5") * todo(5) * points(3)) {
  Room room;
  Pair pair(room);
  for (int round = 0; round < 2; ++round) {
    auto got = pair.bob.types("receive");
    got.must_block(on(kQueue));
    const auto text = room.random_text();
    pair.alice.does(send_line(text));
    got.must_return(message(text));
  }
  remove(pair.alice);
}

TEST_CASE("send sleeps while the queue is full" * rule("S5") * todo(4) * points(3)) {
  Room room;
  const int capacity = room.random(1, 5);
  Pair pair(room, capacity, 100);
  std::vector<std::string> texts;
  for (int i = 0; i <= capacity; ++i) texts.push_back(room.random_text());
  for (int i = 0; i < capacity; ++i) pair.alice.does(send_line(texts[static_cast<std::size_t>(i)]));
  auto last = pair.alice.types(send_line(texts.back()));
  last.must_block(on(kQueue));
  pair.bob.types("receive").must_return(message(texts.front()));
  last.must_return();
  for (int i = 1; i <= capacity; ++i)
    pair.bob.types("receive").must_return(message(texts[static_cast<std::size_t>(i)]));
  remove(pair.alice);
}

TEST_CASE("one message wakes one of two receivers, and the other sleeps on" * rule("S5") * todo(5) *
          points(2) * needs("receive sleeps while the queue is empty")) {
  Room room;
  Pair pair(room);
  auto carol = room.console("mailbox", "carol");
  carol.does(open_line());
  auto bobs = pair.bob.types("receive"), carols = carol.types("receive");
  bobs.must_block(on(kQueue));
  carols.must_block(on(kQueue));
  const auto first = room.random_text(), second = room.random_text();
  pair.alice.does(send_line(first));
  room.settles();
  const bool bob_has_it = bobs.has_returned();
  auto &woken = bob_has_it ? bobs : carols, &asleep = bob_has_it ? carols : bobs;
  woken.must_return(message(first));
  asleep.must_block(on(kQueue));
  pair.alice.does(send_line(second));
  asleep.must_return(message(second));
  remove(pair.alice);
}

TEST_CASE("the try forms return at once and say that they would block" * rule("S6") * todo(3) * points(2)) {
  Room room;
  Pair pair(room, 1, 100);
  const auto text = room.random_text();
  pair.bob.types("try_receive").must_fail("EAGAIN");
  pair.alice.does("try_send " + text + " 7");
  pair.alice.types("try_send x").must_fail("EAGAIN");
  pair.bob.types("try_receive").must_return(message(text, 7));
  pair.bob.types("try_receive").must_fail("EAGAIN");
  remove(pair.alice);
}

TEST_CASE("a receive for a time sleeps on the queue until a message comes" * rule("S6") * todo(3) *
          points(2)) {
  Room room;
  Pair pair(room);
  for (const milliseconds patience : {milliseconds(600'900), milliseconds(60'001), milliseconds(2'000'050)}) {
    const auto began = std::chrono::steady_clock::now();
    auto waits = pair.bob.types(fmt::format("receive_for {}", patience.count()));
    must_end_after(waits, pair.bob, patience, began);
    pair.alice.does(send_line("x"));
    waits.must_return(message("x"));
  }
  auto got = pair.bob.types(fmt::format("receive_for {}", kLong));
  got.must_block(on(kQueue));
  const auto text = room.random_text();
  pair.alice.does(send_line(text));
  got.must_return(message(text));
  remove(pair.alice);
}

TEST_CASE("a send for a time sleeps on the queue until there is room" * rule("S6") * todo(3) * points(1)) {
  Room room;
  Pair pair(room, 1, 100);
  const auto text = room.random_text();
  pair.alice.does(send_line(text));
  auto sent = pair.alice.types(fmt::format("send_for {} {}", kLong, text));
  sent.must_block(on(kQueue));
  pair.bob.types("receive").must_return(message(text));
  sent.must_return();
  pair.bob.types("receive").must_return(message(text));
  remove(pair.alice);
}

TEST_CASE("a wait for a time ends by itself with a time-out" * rule("S6") * todo(3) * points(1)) {
  Room room;
  Pair pair(room, 1, 100);
  for (const int patience : {1, 20, 999 - room.random(0, 800)})
    pair.bob.types(fmt::format("receive_for {}", patience)).must_fail("ETIMEDOUT");
  pair.alice.does("send x");
  pair.alice.types("send_for 20 y").must_fail("ETIMEDOUT");
  remove(pair.alice);
}
