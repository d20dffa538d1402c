// The checks of lab 04-sysv-mq, part 3: waiting.

#include <cerrno>
#include <string>
#include <vector>

#include "desk.hpp"

TEST_CASE("receive sleeps until a message of the type comes that it asks for" * rule("S6") * todo(3) *
          points(3)) {
  Room room;
  const Pair pair(room);
  const auto other = room.random_text(), text = room.random_text();
  pair.alice.does(send_line(4, other));  // is there all the time
  for (const int selector : {6, -3}) {
    auto got = pair.bob.types(fmt::format("receive {}", selector));
    got.must_block_in("msgrcv", on("sysv_queue"));
    pair.alice.does(send_line(5, other));
    room.settles();
    got.must_block_in("msgrcv", on("sysv_queue"));
    const long type = selector > 0 ? selector : 2;
    pair.alice.does(send_line(type, text));
    got.must_return(message(type, text));
  }
  for (const long type : {4, 5, 5}) pair.bob.types("receive 0").must_return(message(type, other));
  auto any = pair.bob.types("receive 0");
  any.must_block_in("msgrcv", on("sysv_queue"));
  pair.alice.does(send_line(9, text));
  any.must_return(message(9, text));
  pair.close();
}

TEST_CASE("one message wakes one of two receivers, and the other sleeps on" * rule("S6") * todo(3) *
          points(2) * needs("receive sleeps until a message of the type comes that it asks for")) {
  Room room;
  const Pair pair(room);
  auto carol = desk(room, "carol");
  carol.does(kOpen);
  auto bobs = pair.bob.types("receive 3"), carols = carol.types("receive -3");
  for (const Reply& reply : {bobs, carols}) reply.must_block(on("sysv_queue"));
  const auto first = room.random_text(), second = room.random_text();
  pair.alice.does(send_line(3, first));
  room.settles();
  const bool bob_has_it = bobs.has_returned();
  auto &woken = bob_has_it ? bobs : carols, &asleep = bob_has_it ? carols : bobs;
  woken.must_return(message(3, first));
  asleep.must_block(on("sysv_queue"));
  pair.alice.does(send_line(3, second));
  asleep.must_return(message(3, second));
  carol.does("close");
  pair.close();
}

TEST_CASE("send sleeps while the queue is full" * rule("S6") * todo(2) * points(2)) {
  Room room;
  const Pair pair(room);
  const auto first = fill(room, pair.alice), text = room.random_text();
  auto sent = pair.alice.types(send_line(2, text));
  sent.must_block_in("msgsnd", on("sysv_queue"));
  pair.bob.types("receive 1").must_return(message(1, first));
  sent.must_return();
  pair.bob.types("receive 2").must_return(message(2, text));
  pair.close();
}

TEST_CASE("the try forms return at once and say what is missing" * rule("S6") * todo(3) * points(2)) {
  Room room;
  const Pair pair(room);
  pair.bob.types("try_receive 0").must_fail("ENOMSG");
  const auto text = room.random_text();
  pair.alice.does("try_send 4 " + text);
  pair.bob.types("try_receive 3").must_fail("ENOMSG");
  pair.bob.types("try_receive -3").must_fail("ENOMSG");
  pair.bob.types("try_receive -4").must_return(message(4, text));
  const auto first = fill(room, pair.alice);
  pair.alice.types("try_send 1 x").must_fail("EAGAIN");
  pair.bob.types("try_receive 0").must_return(message(1, first));
  pair.close();
}
