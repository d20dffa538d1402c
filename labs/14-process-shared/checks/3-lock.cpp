// The checks of lab 14-process-shared, part 3: having the lock, and dying with it.

#include <signal.h>

#include "buffer.hpp"

TEST_CASE("nobody enters while an item is being copied" * rule("S5") * todo(3) * points(3)) {
  Room room;
  auto all = consoles(room, {"producer", "consumer", "other"}, 4);
  const auto text = room.random_text(60), second = room.random_text();
  auto put = stops_in_put(all[0], text);
  auto got = all[1].types(get_line());
  got.must_block(on("mutex"));
  auto other = all[2].types(put_line(second));
  other.must_block(on("mutex"));
  all[0].signal(SIGCONT);
  put.must_return();
  got.must_return(text);
  other.must_return();
  all[1].types(get_line()).must_return(second);
  remove(all[0]);
}

TEST_CASE("a process that dies in the middle of a put leaves a usable buffer" * rule("S6") * todo(2) *
          points(3)) {
  Room room;
  auto all = consoles(room, {"victim", "producer", "consumer", "second victim"}, 2);
  const auto text = room.random_text(), other = room.random_text();
  all[1].does(put_line(text));
  dies_in(all[0], put_line("never"));
  all[2].types(get_line()).must_return(text);  // what was in is in; the dead one's item is not
  auto got = all[2].types(get_line());
  got.must_block(on("condition"));
  // … and once more, while somebody waits for the lock that the dead one has.
  auto dying = stops_in_put(all[3], "never");
  auto put = all[1].types(put_line(other));
  put.must_block(on("mutex"));
  all[3].kill();
  put.must_return();
  got.must_return(other);
  remove(all[1]);
}

TEST_CASE("a process that dies in the middle of a get leaves the item in the buffer" * rule("S6") * todo(2) *
          points(2)) {
  Room room;
  auto all = consoles(room, {"victim", "producer", "consumer"}, 2);
  const auto text = room.random_text(), other = room.random_text();
  all[1].does(put_line(text));
  dies_in(all[0], get_line());
  all[1].does(put_line(other));
  all[2].types(get_line()).must_return(text);
  all[2].types(get_line()).must_return(other);
  remove(all[1]);
}

TEST_CASE("who sleeps on a condition while the lock's owner dies is handed the lock, and goes on" *
          rule("S6") * todo(2) * points(2) *
          needs("a process that dies in the middle of a put leaves a usable buffer")) {
  Room room;
  auto all = consoles(room, {"sleeper", "other", "victim", "second victim"}, 1);
  const auto one = room.random_text(), two = room.random_text();
  // Each time the sleeper has been woken, wants its lock back, and waits for one who then dies.
  auto got = all[0].types(get_line());
  got.must_block(on("condition"));
  stops_in_put(all[2], "never");
  stray_wakeup(all[1]);
  got.must_block(on("mutex"));
  all[2].kill();
  got.must_block(on("condition"));  // the item of the dead one is not there
  all[1].does(put_line(one));
  got.must_return(one);

  all[1].does(put_line(one));
  auto put = all[0].types(put_line(two));
  put.must_block(on("condition"));
  stops_in_get(all[3]);
  stray_wakeup(all[1]);
  put.must_block(on("mutex"));
  all[3].kill();
  put.must_block(on("condition"));  // the item is still there
  all[1].types(get_line()).must_return(one);
  put.must_return();
  all[1].types(get_line()).must_return(two);
  remove(all[1]);
}
