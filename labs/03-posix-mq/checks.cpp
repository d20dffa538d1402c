// The checks of lab 03-posix-mq. Two or three consoles share a queue; what one of them waits for, another one
// does.

#include "check/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace ipclab;
using namespace ipclab::check;

namespace {

using std::chrono::milliseconds;

constexpr char kQueue[] = "/inbox";
constexpr char kLong[] = "600000";  // ten minutes: nobody waits for that to be over

std::string open_line(int capacity = 4, int size = 8192) {
  return fmt::format("open {} {} {}", kQueue, capacity, size);
}

std::string send_line(const std::string& text, int priority = 0) {
  return fmt::format("send {} {}", word(text), priority);
}

std::string message(const std::string& text, int priority = 0) {
  return fmt::format("{} {}", priority, text);
}

/// The last one closes the door: no queue is left behind.
void remove(const Console& console) { console.does(fmt::format("unlink {}", kQueue)); }

/// Two consoles with the same queue open.
struct Pair {
  explicit Pair(Room& room, int capacity = 4, int size = 8192, const std::vector<Fault>& of_bob = {})
      : alice(room.console("mailbox", "alice")), bob(room.console("mailbox", "bob", of_bob)) {
    alice.does(open_line(capacity, size));
    bob.does(open_line(capacity, size));
  }
  Pair(Room& room, const std::vector<Fault>& of_bob) : Pair(room, 4, 8192, of_bob) {}
  Console alice, bob;
};

/// The time-out that the kernel has is the one that was asked for. `began` is a moment before it was asked
/// for, so whatever the machine was doing meanwhile, no less than the rest can be left; a microsecond's
/// rounding is free.
void must_end_after(const Reply& reply, const Console& console, milliseconds patience,
                    std::chrono::steady_clock::time_point began) {
  reply.must_block(on(kQueue));
  const Snapshot snapshot = console.look();
  const auto passed = std::chrono::steady_clock::now() - began;
  const ipclab::Process* process = snapshot.find(console.pid());
  for (const Thread& thread : process ? process->threads : std::vector<Thread>()) {
    if (!thread.wait.time_out_seconds) continue;
    const std::chrono::duration<double> left(*thread.wait.time_out_seconds);
    constexpr std::chrono::duration<double> kRounding(0.01);
    if (left <= patience + kRounding && left >= patience - passed - kRounding) return;
    fails(cause::kWrongAnswer, fmt::format("{} waits for {} ms at most", console.name(), patience.count()),
          fmt::format("its wait ends by itself {} than that", left > patience ? "later" : "earlier"), "", {});
  }
}

std::size_t open_descriptors(const Console& console) { return console.descriptors().size(); }

}  // namespace

// The name and the queue.

TEST_CASE("open makes a queue of the size that is asked for, or opens the one that is there" * rule("S1") *
          todo(1) * points(2)) {
  Room room;
  auto alice = room.console("mailbox", "alice"), bob = room.console("mailbox", "bob");
  const int size = room.random(10, 100);
  alice.does(open_line(2, size));
  bob.does(open_line(4, 2 * size));  // it is there already: as it is
  const auto fits = room.random_text(static_cast<std::size_t>(size));
  bob.does(send_line(fits));
  bob.types(send_line(fits + "x")).must_fail("EMSGSIZE");
  bob.does(send_line(fits));
  bob.types("try_send x").must_fail("EAGAIN");
  alice.types("receive").must_return(message(fits));
  remove(alice);
}

TEST_CASE("unlink takes the name away, and a new queue of that name is empty" * rule("S2") * todo(2) *
          points(2)) {
  Room room;
  Pair pair(room);
  const auto old_text = room.random_text(), new_text = room.random_text();
  pair.alice.does(send_line(old_text));
  remove(pair.alice);
  room.must_hold({});
  auto carol = room.console("mailbox", "carol");
  carol.does(open_line());
  carol.does(send_line(new_text));
  carol.types("receive").must_return(message(new_text));
  pair.bob.types("receive").must_return(message(old_text));  // who has it open keeps it
  remove(carol);
  carol.types(fmt::format("unlink {}", kQueue)).must_fail("ENOENT");
}

TEST_CASE("a message outlives its sender" * rule("S2") * todo(5) * points(1)) {
  Room room;
  const auto text = room.random_text();
  auto alice = room.console("mailbox", "alice");
  alice.does(open_line());
  alice.does(send_line(text));
  alice.kill();
  auto bob = room.console("mailbox", "bob");
  bob.does(open_line());
  bob.types("receive").must_return(message(text));
  remove(bob);
}

TEST_CASE("close lets go of the descriptor" * rule("S1") * todo(1) * points(1)) {
  Room room;
  auto alice = room.console("mailbox", "alice");
  alice.does(open_line());  // what a program opens once and keeps is its own affair
  alice.does("close");
  const std::size_t before = open_descriptors(alice);
  for (int i = 0; i < 3; ++i) alice.does(open_line());
  alice.does("close");
  if (const std::size_t after = open_descriptors(alice); after != before)
    fails(cause::kDescriptorLeak, "after open and close there are as many descriptors as before",
          fmt::format("there are {} more", after - before));
  remove(alice);
}

TEST_CASE("the kernel shows the queue in /dev/mqueue, with the bytes that are in it" * rule("S1") * todo(4) *
          points(1)) {
  Room room;
  room.requires_namespaces("/dev/mqueue is not the room's own");
  auto alice = room.console("mailbox", "alice");
  alice.does(open_line());
  const int size = room.random(1, 4096);
  alice.does(send_line(room.random_text(static_cast<std::size_t>(size))));
  auto cat = room.start({"cat", std::string("/dev/mqueue") + kQueue});
  const std::string shown = cat.output();
  if (!shown.starts_with(fmt::format("QSIZE:{} ", size)))
    fails(cause::kMechanismNotUsed, fmt::format("cat /dev/mqueue{} shows QSIZE:{}", kQueue, size),
          shown.empty() ? "there is no such queue" : "it shows " + shown.substr(0, shown.find('\n')));
  room.start({"stat", "-c", "%a", std::string("/dev/mqueue") + kQueue})
      .must_have_printed("600\n");  // its owner's
  remove(alice);
}

// Messages.

TEST_CASE("a message arrives whole, whatever bytes it has, also none" * rule("S3") * todo(5) * points(3)) {
  Room room;
  Pair pair(room);
  for (const std::size_t size : {0, 1, 100, 4096, 8192}) {
    const auto bytes = room.random_bytes(size);
    pair.alice.does(send_line(bytes));
    pair.bob.types("receive").must_return(message(bytes));
  }
  const std::string zeros("a\0b\0\0", 5);
  pair.alice.does(send_line(zeros));
  pair.bob.types("receive").must_return(message(zeros));
  remove(pair.alice);
}

TEST_CASE("each receive takes one message, never a part and never two" * rule("S3") * todo(5) * points(1)) {
  Room room;
  Pair pair(room);
  std::vector<std::string> texts;
  for (int i = 0; i < 3; ++i)
    texts.push_back(room.random_text(static_cast<std::size_t>(room.random(1, 3000))));
  for (const auto& text : texts) pair.alice.does(send_line(text));
  for (const auto& text : texts) pair.bob.types("receive").must_return(message(text));
  pair.bob.types("try_receive").must_fail("EAGAIN");
  remove(pair.alice);
}

TEST_CASE("the highest priority comes first, and within one the oldest" * rule("S4") * todo(4) * points(3)) {
  Room room;
  Pair pair(room, 10, 100);
  struct Sent {
    std::string text;
    int priority;
  };
  std::vector<Sent> sent;
  for (int i = 0; i < 7; ++i) sent.push_back({room.random_text(), room.random(0, 3)});
  sent.push_back(
      {room.random_text(), 32767});  // the highest that there is on Linux: sysconf(_SC_MQ_PRIO_MAX) - 1
  sent.push_back({room.random_text(), 0});
  sent.push_back({room.random_text(), 1});
  for (const Sent& one : sent) pair.alice.does(send_line(one.text, one.priority));
  std::ranges::stable_sort(sent, std::greater<>(), &Sent::priority);
  for (const Sent& one : sent) pair.bob.types("receive").must_return(message(one.text, one.priority));
  remove(pair.alice);
}

TEST_CASE("a message that is longer than the queue takes is refused, and the mailbox goes on" * rule("S3") *
          todo(4) * points(1)) {
  Room room;
  Pair pair(room, 4, 64);
  const auto text = room.random_text(64);
  pair.alice.types(send_line(text + "x")).must_fail("EMSGSIZE");
  pair.alice.does(send_line(text));
  pair.bob.types("receive").must_return(message(text));
  remove(pair.alice);
}

// Waiting.

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

// Being told.

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

// When a signal comes in between.

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
