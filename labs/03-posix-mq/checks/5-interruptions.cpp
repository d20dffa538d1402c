// The checks of lab 03-posix-mq, part 5: when a signal comes in between.

#include <string>
#include <vector>

#include "queue.hpp"

TEST_CASE("an interrupted send and an interrupted receive go on" * rule("S8") * todo(5) * points(2)) {
  Room room;
  const std::vector<Fault> interrupted{interrupt("mq_timedsend", 1), interrupt("mq_timedsend", 3),
                                       interrupt("mq_timedreceive", 1), interrupt("mq_timedreceive", 3)};
  auto alice = room.console("mailbox", "alice", interrupted),
       bob = room.console("mailbox", "bob", interrupted);
  alice.does(open_line());
  bob.does(open_line());
  for (int round = 0; round < 3; ++round) {
    const auto text = room.random_text();
    alice.does(send_line(text, round));
    bob.types(round == 1 ? fmt::format("receive_for {}", kLong) : "receive")
        .must_return(message(text, round));
  }
  remove(alice);
}

TEST_CASE("an interrupted await sleeps on" * rule("S8") * todo(6) * points(1) *
          needs("await sleeps until a message comes to the empty queue, every time")) {
  Room room;
  auto [alice, bob] = Pair(room, {interrupt("sigtimedwait"), interrupt("sigsuspend"), interrupt("pause"),
                                  interrupt("poll"), interrupt("futex")});
  auto told = bob.types("await");
  told.must_wait();
  const auto text = room.random_text();
  alice.does(send_line(text));
  told.must_return();
  bob.types("try_receive").must_return(message(text));
  remove(alice);
}
