// The checks of lab 14-process-shared, part 4: shutting.

#include <signal.h>

#include <string>
#include <vector>

#include "buffer.hpp"

TEST_CASE("shut wakes everybody who waits" * rule("S7") * todo(5) * points(2)) {
  Room room;
  auto all = consoles(room, {"one", "two", "three", "four", "shutter"}, 1);
  all[4].does("create /full 1");
  all[4].does(put_line("a", "/full"));
  std::vector<Reply> gets{all[0].types(get_line()), all[1].types(get_line())};
  std::vector<Reply> puts{all[2].types(put_line("b", "/full")), all[3].types(put_line("c", "/full"))};
  for (const Reply& reply : gets) reply.must_block(on("condition"));
  for (const Reply& reply : puts) reply.must_block(on("condition"));
  all[4].does(fmt::format("shut {}", kBuffer));
  for (const Reply& reply : gets) reply.must_fail("EPIPE");
  all[4].does("shut /full");
  for (const Reply& reply : puts) reply.must_fail("EPIPE");
  all[4].types(get_line("/full")).must_return("a");
  remove(all[4]);
  remove(all[4], "/full");
}

TEST_CASE("what is in a buffer that is shut can be got, and nothing can be put" * rule("S7") * todo(5) *
          points(1)) {
  Room room;
  auto all = consoles(room, {"producer", "consumer"}, 3);
  const auto one = room.random_text(), two = room.random_text();
  all[0].does(put_line(one));
  auto put = stops_in_put(all[0], two);
  auto shut = all[1].types(fmt::format("shut {}", kBuffer));
  shut.must_block(on("mutex"));
  all[0].signal(SIGCONT);
  put.must_return();
  shut.must_return();
  all[0].types(put_line("x")).must_fail("EPIPE");
  all[1].types(get_line()).must_return(one);
  all[1].types(get_line()).must_return(two);
  all[1].types(get_line()).must_fail("EPIPE");
  all[1].types(get_line()).must_fail("EPIPE");
  remove(all[0]);
}

TEST_CASE("a buffer that is shut stays so when one dies in it" * rule("S7") * todo(5) * points(1) *
          needs("a process that dies in the middle of a get leaves the item in the buffer")) {
  Room room;
  auto all = consoles(room, {"producer", "victim", "consumer"}, 2);
  const auto text = room.random_text();
  all[0].does(put_line(text));
  all[0].does(fmt::format("shut {}", kBuffer));
  dies_in(all[1], get_line());
  all[0].types(put_line("x")).must_fail("EPIPE");
  all[2].types(get_line()).must_return(text);
  all[2].types(get_line()).must_fail("EPIPE");
  remove(all[0]);
}
