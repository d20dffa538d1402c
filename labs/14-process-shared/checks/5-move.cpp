// The checks of lab 14-process-shared, part 5: from one buffer to another.

#include <signal.h>

#include <string>

#include "buffer.hpp"

TEST_CASE("move takes the oldest item from one buffer to another" * rule("S8") * todo(6) * points(1)) {
  Room room;
  auto all = consoles(room, {"alice", "bob"}, 2);
  all[0].does("create /other 1");
  const auto one = room.random_text(), two = room.random_text();
  all[0].types("move /buffer /other").must_fail("EAGAIN");
  all[0].does(put_line(one));
  all[0].does(put_line(two));
  auto got = all[1].types(get_line("/other"));
  got.must_block(on("condition"));
  all[0].does("move /buffer /other");
  got.must_return(one);
  all[0].does("move /buffer /other");
  all[1].does(put_line("x"));
  all[1].types("move /buffer /other").must_fail("EAGAIN");
  all[1].types(get_line("/other")).must_return(two);
  remove(all[0]);
  remove(all[0], "/other");
}

TEST_CASE("a move from a buffer to itself makes its oldest item the newest" * rule("S8") * todo(6) *
          points(1) * needs("move takes the oldest item from one buffer to another")) {
  Room room;
  auto all = consoles(room, {"alice", "bob"}, 3);
  const auto one = room.random_text(), two = room.random_text();
  all[0].does(put_line(one));
  all[0].does(put_line(two));
  all[0].does("move /buffer /buffer");
  all[1].types(get_line()).must_return(two);
  all[1].types(get_line()).must_return(one);
  remove(all[0]);
}

TEST_CASE("move takes a lock from a dead one, too, be it the first or the second" * rule("S6") * todo(6) *
          points(1) * needs("move takes the oldest item from one buffer to another")) {
  Room room;
  auto all = consoles(room, {"mover", "keeper", "one victim", "another victim"});
  const auto text = room.random_text();
  for (const std::string buffer : {"/from", "/to"}) create(all[0], 4, buffer);
  all[0].does(put_line(text, "/from"));
  dies_in(all[2], put_line("never", "/from"));
  all[0].does("move /from /to");
  dies_in(all[3], put_line("never", "/to"));
  all[0].does("move /to /from");
  all[1].types(get_line("/from")).must_return(text);
  all[1].does(put_line(text, "/to"));
  for (const std::string buffer : {"/from", "/to"}) remove(all[0], buffer);
}

TEST_CASE("moves in opposite directions never wait for each other for ever" * rule("S8") * todo(6) *
          points(3) * needs("move takes the oldest item from one buffer to another")) {
  Room room;
  const auto all = consoles(room, {"one", "two", "keeper a", "keeper b"});
  const Console &one = all[0], &two = all[1], &keeper_a = all[2], &keeper_b = all[3];
  // Both orders of creation and of mapping: an order of the locks must not depend on either.
  for (const bool turned : {false, true}) {
    const std::string a = turned ? "/south" : "/east", b = turned ? "/north" : "/west";
    create(keeper_a, 4, turned ? b : a);
    create(keeper_a, 4, turned ? a : b);
    one.does("open " + a), one.does("open " + b);
    two.does("open " + b), two.does("open " + a);
    auto put_a = stops_in_put(keeper_a, "from a", a), put_b = stops_in_put(keeper_b, "from b", b);
    // Each comes to wait for one of the locks; the keepers let go of them one after the other.
    auto there = one.types(fmt::format("move {} {}", a, b));
    there.must_block(on("mutex"));
    auto back = two.types(fmt::format("move {} {}", b, a));
    back.must_block(on("mutex"));
    keeper_a.signal(SIGCONT);
    put_a.must_return();
    one.must_settle();
    two.must_settle();
    keeper_b.signal(SIGCONT);
    put_b.must_return();
    there.must_return();
    back.must_return();
    remove(one, a);
    remove(one, b);
  }
}
