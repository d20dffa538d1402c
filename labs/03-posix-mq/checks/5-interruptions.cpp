// The checks of lab 03-posix-mq, part 5: when a signal comes in between.

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "deadline.hpp"
#include "queue.hpp"

using std::chrono::milliseconds;
using std::chrono::steady_clock;

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

TEST_CASE("an interrupted receive for a time waits for the rest of the time" * rule("S8") * todo(5) *
          points(1) * needs("a receive for a time sleeps on the queue until a message comes")) {
  constexpr milliseconds kLapse{200}, kPatience{600'000};
  Room room;
  std::vector<Fault> faults;
  for (const char* call : {"mq_timedreceive", "poll", "select", "epoll_wait"})
    faults.push_back(interrupt_late(call));
  auto [alice, bob] = Pair(room, faults);
  const auto began = steady_clock::now();
  auto waits = bob.types(fmt::format("receive_for {}", kPatience.count()));
  bob.must_settle();
  const auto held = steady_clock::now();
  steady_clock::duration waited{};
  if (bob.is_held()) {
    std::this_thread::sleep_for(kLapse);  // time is what this check is about
    waited = steady_clock::now() - held;
  }
  for (; bob.is_held(); bob.must_settle()) bob.goes_on();
  must_end_after(waits, bob, kPatience, began, waited);
  const auto text = room.random_text();
  alice.does(send_line(text));
  waits.must_return(message(text));
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
