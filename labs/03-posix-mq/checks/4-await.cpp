// The checks of lab 03-posix-mq, part 4: being told.

#include <signal.h>

#include <string>

#include "queue.hpp"

TEST_CASE("await sleeps until a message comes to the empty queue, every time" * rule("S7") * todo(6) *
          points(3)) {
  Room room;
  Pair pair(room);
  for (int round = 0; round < 3; ++round) {
    auto told = pair.bob.types("await");
    told.must_wait();
    const auto text = room.random_text();
    pair.alice.does(send_line(text));
    told.must_return();
    pair.bob.types("try_receive").must_return(message(text));  // it was told, and is still there
  }
  remove(pair.alice);
}

TEST_CASE("await returns at once when there is a message already" * rule("S7") * todo(6) * points(1)) {
  Room room;
  Pair pair(room);
  const auto text = room.random_text();
  pair.alice.does(send_line(text));
  pair.bob.does("await");
  pair.bob.does("await");
  pair.alice.does("await");  // bob has taken back what he asked for: alice may ask
  pair.bob.types("receive").must_return(message(text));
  remove(pair.alice);
}

TEST_CASE("await misses no message that comes while it is about to ask" * rule("S7") * todo(6) * points(2) *
          needs("await sleeps until a message comes to the empty queue, every time")) {
  Room room;
  auto [alice, bob] = Pair(room, {hold_before("mq_notify")});
  auto told = bob.types("await");
  bob.must_be_held();
  alice.does("send x");
  bob.goes_on();
  told.must_return();
  remove(alice);
}

TEST_CASE("a message that await found by itself is not told to the next await" * rule("S7") * todo(6) *
          points(1) * needs("await sleeps until a message comes to the empty queue, every time")) {
  Room room;
  auto [alice, bob] = Pair(room, {hold_after("mq_notify")});
  auto told = bob.types("await");
  bob.must_be_held();
  const auto text = room.random_text();
  alice.does(send_line(text));
  bob.goes_on();
  told.must_return();
  alice.types("receive").must_return(message(text));
  auto next = bob.types("await");
  next.must_wait();
  alice.does("send x");
  next.must_return();
  remove(alice);
}

TEST_CASE("only one process can ask to be told" * rule("S7") * todo(6) * points(1) *
          needs("await sleeps until a message comes to the empty queue, every time")) {
  Room room;
  Pair pair(room);
  auto told = pair.bob.types("await");
  told.must_wait();
  pair.alice.types("await").must_fail("EBUSY");
  pair.alice.does("send x");
  told.must_return();
  remove(pair.alice);
}

namespace {

/// With SIGEV_THREAD the C library makes a thread that blocks no signal: there a SIGUSR1 would be fatal.
bool has_threads(const Console& console) {
  const Snapshot snapshot = console.look();
  const ipclab::Process* process = snapshot.find(console.pid());
  return process && process->threads.size() > 1;
}

}  // namespace

TEST_CASE("a SIGUSR1 that no message has sent ends no await" * rule("S7") * todo(6) * points(1) *
          needs("await sleeps until a message comes to the empty queue, every time")) {
  Room room;
  Pair pair(room);
  for (int round = 0; round < 3; ++round) {
    const auto stray = [&] {
      if (has_threads(pair.bob)) return;
      if (round == 1)
        ::sigqueue(pair.bob.pid(), SIGUSR1, {});  // its si_code is another; bob sleeps, so the number is his
      else pair.bob.signal(SIGUSR1);
      pair.bob.must_settle();
    };
    auto told = pair.bob.types("await");
    told.must_wait();
    stray();
    told.must_wait();
    const auto text = room.random_text();
    pair.alice.does(send_line(text));
    told.must_return();
    pair.bob.types("try_receive").must_return(message(text));
    stray();  // blocked: it is still there when the next await begins
  }
  remove(pair.alice);
}
