// The checks of lab 04-sysv-mq, part 5: the end of the queue, and interruptions.

#include <cerrno>
#include <string>
#include <vector>

#include "desk.hpp"

TEST_CASE("who sleeps in a queue that is removed wakes with EIDRM" * rule("S8") * todo(3) * points(2)) {
  Room room;
  const Pair pair(room);
  auto received = pair.bob.types("receive 0");
  received.must_block_in("msgrcv", on("sysv_queue"));
  pair.alice.does("close");
  received.must_fail("EIDRM");
  pair.bob.types("receive 0").must_fail("EINVAL");
  pair.bob.types("send 1 x").must_fail("EINVAL");
  pair.bob.does(kOpen);
  pair.bob.does("close");
}

TEST_CASE("a sender and an asker are woken when ipcrm removes the queue" * rule("S8") * todo(2) * points(2)) {
  Room room;
  room.requires_tool("ipcrm");
  const Pair pair(room);
  auto carol = desk(room, "carol");
  carol.does(kOpen);
  auto asked = carol.types("ask x");
  asked.must_block_in("msgrcv", on("sysv_queue"));
  pair.alice.does("take");
  fill(room, pair.alice);
  auto sent = pair.bob.types("send 1 x");
  sent.must_block_in("msgsnd", on("sysv_queue"));
  room.start({"ipcrm", "-Q", key_of(room, kPath)}).must_exit(0);
  sent.must_fail("EIDRM");
  asked.must_fail("EIDRM");
  pair.alice.does("close");  // it is gone already: no failure
  pair.alice.does(kOpen);
  pair.alice.does("close");
}

TEST_CASE("an interrupted send and an interrupted receive go on" * rule("S9") * todo(3) * points(2)) {
  Room room;
  make_path(room);
  std::vector<Fault> interrupted;
  for (const char* call : {"msgsnd", "msgrcv"})
    for (const int nth : {1, 2, 3, 5}) interrupted.push_back(interrupt(call, nth));
  auto alice = desk(room, "alice", interrupted), bob = desk(room, "bob", interrupted);
  alice.does(kOpen);
  bob.does(kOpen);
  for (int round = 1; round <= 3; ++round) {
    const auto text = room.random_text();
    alice.does(send_line(round, text));
    bob.types("receive 0").must_return(message(round, text));
  }
  auto asked = bob.types("ask why");
  const auto [asker, question] = parted(alice.asks("take"));
  alice.does(fmt::format("answer {} because", asker));
  asked.must_return("because");
  bob.does("close");
  alice.does("close");
}

TEST_CASE("an interrupted wait goes on as it was" * rule("S9") * todo(3) * points(2) *
          needs("an interrupted send and an interrupted receive go on")) {
  Room room;
  make_path(room);
  std::vector<Fault> interrupted;
  for (const char* call : {"msgsnd", "msgrcv"})
    for (const int nth : {1, 2}) interrupted.push_back(interrupt(call, nth));
  auto alice = desk(room, "alice"), bob = desk(room, "bob", interrupted),
       carol = desk(room, "carol", interrupted);
  for (const Console& console : {alice, bob, carol}) console.does(kOpen);
  const auto other = room.random_text(), text = room.random_text();

  alice.does(send_line(7, other));  // is there all the time, and not what bob waits for
  auto received = bob.types("receive 3");
  received.must_block_in("msgrcv", on("sysv_queue"));
  alice.does(send_line(3, text));
  received.must_return(message(3, text));
  alice.types("try_receive 0").must_return(message(7, other));

  auto asked = carol.types("ask why");
  asked.must_block_in("msgrcv", on("sysv_queue"));
  const auto [asker, question] = parted(alice.asks("take"));
  alice.types("try_receive 0").must_fail("ENOMSG");  // it has asked once
  alice.does(fmt::format("answer {} because", asker));
  asked.must_return("because");

  const auto first = fill(room, alice);
  auto sent = bob.types(send_line(2, text));
  sent.must_block_in("msgsnd", on("sysv_queue"));
  alice.types("receive 1").must_return(message(1, first));
  sent.must_return();
  for (const Console& console : {carol, bob, alice}) console.does("close");
}
