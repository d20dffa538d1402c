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

namespace {

/// Interrupts a wait that has lasted for `lapse`. False: so late a look at what is left that a patience which
/// had begun anew would have shown as little.
bool goes_on_for_the_rest(const std::string& command, milliseconds lapse) {
  constexpr milliseconds kPatience{600'000};
  Room room;
  std::vector<Fault> faults;
  for (const char* call : {"mq_timedsend", "mq_timedreceive", "poll", "select", "epoll_wait"})
    faults.push_back(interrupt_late(call));
  auto [alice, bob] = Pair(room, 1, 100, faults);
  const bool sends = command == "send_for";
  if (sends) alice.does("send x");
  const auto began = steady_clock::now();
  auto waits = bob.types(fmt::format("{} {}{}", command, kPatience.count(), sends ? " y" : ""));
  bob.must_settle();
  const auto held = steady_clock::now();
  steady_clock::duration waited{};
  if (bob.is_held()) {
    std::this_thread::sleep_for(lapse);  // time is what this check is about
    waited = steady_clock::now() - held;
  }
  const auto interrupted = steady_clock::now();
  for (; bob.is_held(); bob.must_settle()) bob.goes_on();
  must_end_after(waits, bob, kPatience, began, waited);
  const bool tells = steady_clock::now() - interrupted < waited / 2;
  const auto text = room.random_text();
  alice.does(sends ? "receive" : send_line(text));
  waits.must_return(sends ? "" : message(text));
  remove(alice);
  return tells || waited == steady_clock::duration{};
}

}  // namespace

TEST_CASE("an interrupted send for a time waits for the rest of the time" * rule("S8") * todo(4) * points(1) *
          needs("a send for a time sleeps on the queue until there is room")) {
  for (milliseconds lapse{200}; lapse < milliseconds(5000) && !goes_on_for_the_rest("send_for", lapse);)
    lapse *= 2;
}

TEST_CASE("an interrupted receive for a time waits for the rest of the time" * rule("S8") * todo(5) *
          points(1) * needs("a receive for a time sleeps on the queue until a message comes")) {
  for (milliseconds lapse{200}; lapse < milliseconds(5000) && !goes_on_for_the_rest("receive_for", lapse);)
    lapse *= 2;
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
