// The checks of lab 14-process-shared. Consoles share buffers; SIGSTOP in the middle of a copy, death in the
// middle of a copy and a wake-up without a reason make what is rare happen at a chosen moment.

#include "check/check.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace ipclab;
using namespace ipclab::check;

namespace {

constexpr char kBuffer[] = "/buffer";

std::string put_line(const std::string& text, const std::string& buffer = kBuffer) {
  return fmt::format("put {} {}", buffer, word(text));
}
std::string get_line(const std::string& buffer = kBuffer) { return "get " + buffer; }

/// Consoles that have the buffer open; the first has made it.
std::vector<Console> consoles(Room& room, const std::vector<std::string>& names, int capacity) {
  std::vector<Console> all;
  for (const std::string& name : names) {
    all.push_back(room.console("buffer", name));
    all.back().does(all.size() == 1 ? fmt::format("create {} {}", kBuffer, capacity)
                                    : fmt::format("open {}", kBuffer));
  }
  return all;
}

void remove(const Console& console, const std::string& buffer = kBuffer) { console.does("remove " + buffer); }

/// Puts, and stops in the middle of the copy, with the lock in its hands.
Reply stops_in_put(const Console& console, const std::string& text, const std::string& buffer = kBuffer) {
  console.does("stop_in_copy");
  Reply reply = console.types(put_line(text, buffer));
  console.must_settle();
  return reply;
}

/// The program is held after every call of futex(2), which is how it wakes others, until `other` has looked
/// and come to rest.
void slowly(const Console& program, const Reply& reply, const Console& other) {
  for (program.must_settle(); !reply.has_returned() && program.is_held(); program.must_settle()) {
    other.must_settle();
    program.goes_on();
  }
}

}  // namespace

TEST_CASE("one producer and one consumer: every item once, in order" * rule("S3") * todo(4) * points(3)) {
  Room room;
  for (const int capacity : {1, 3, 16}) {
    const auto name = fmt::format("/buffer{}", capacity);
    auto alice = room.console("buffer", "alice " + name), bob = room.console("buffer", "bob " + name);
    alice.does(fmt::format("create {} {}", name, capacity));
    std::vector<std::string> items;
    std::vector<Reply> puts, gets;
    for (int i = 0; i < 40; ++i)
      items.push_back(room.random_text(static_cast<std::size_t>(room.random(1, 63))));
    for (const auto& item : items) {
      puts.push_back(alice.types(put_line(item, name)));
      gets.push_back(bob.types(get_line(name)));
    }
    for (std::size_t i = 0; i < items.size(); ++i) gets[i].must_return(items[i]);
    for (const Reply& reply : puts) reply.must_return();
    remove(alice, name);
  }
}

TEST_CASE("four producers and four consumers: every item once, each producer's in order" * rule("S3") *
          todo(4) * points(3)) {
  Room room;
  auto all = consoles(room, {"p0", "p1", "p2", "p3", "c0", "c1", "c2", "c3"}, room.random(1, 5));
  constexpr int kEach = 15;
  const auto salt = room.random_text(6);
  std::vector<Reply> puts;
  std::vector<std::vector<Reply>> gets(4);
  for (int i = 0; i < kEach; ++i)
    for (std::size_t p = 0; p < 4; ++p) {
      puts.push_back(all[p].types(put_line(fmt::format("{}-{}-{:02}", salt, p, i))));
      gets[p].push_back(all[4 + p].types(get_line()));
    }
  std::vector<std::string> got;
  for (const auto& consumer : gets) {
    std::map<char, std::string> latest;  // by producer
    for (const Reply& reply : consumer) {
      const std::string item = reply.value();
      if (item.size() != salt.size() + 5 || !item.starts_with(salt))
        fails(cause::kWrongAnswer, "a get answers an item that was put", "it answers " + item);
      std::string& before = latest[item[salt.size() + 1]];
      if (item <= before)
        fails(cause::kWrongAnswer,
              "a consumer gets each producer's items in the order in which they were put",
              fmt::format("it got {} after {}", item, before));
      before = item;
      got.push_back(item);
    }
  }
  std::ranges::sort(got);
  if (const auto twice = std::ranges::adjacent_find(got); twice != got.end())
    fails(cause::kWrongAnswer, "every item is got once", *twice + " was got twice");
  for (const Reply& reply : puts) reply.must_return();
  remove(all[0]);
}

TEST_CASE("get sleeps while the buffer is empty" * rule("S4") * todo(4) * points(2)) {
  Room room;
  auto all = consoles(room, {"producer", "consumer"}, 4);
  for (int round = 0; round < 2; ++round) {
    auto got = all[1].types(get_line());
    got.must_block_in("pthread_cond_wait", on("condition"));
    const auto text = room.random_text();
    all[0].does(put_line(text));
    got.must_return(text);
  }
  remove(all[0]);
}

TEST_CASE("put sleeps while the buffer is full" * rule("S4") * todo(3) * points(2)) {
  Room room;
  const int capacity = room.random(1, 4);
  auto all = consoles(room, {"producer", "consumer"}, capacity);
  std::vector<std::string> texts;
  for (int i = 0; i <= capacity; ++i) texts.push_back(room.random_text());
  for (int i = 0; i < capacity; ++i) all[0].does(put_line(texts[static_cast<std::size_t>(i)]));
  auto last = all[0].types(put_line(texts.back()));
  last.must_block_in("pthread_cond_wait", on("condition"));
  all[1].types(get_line()).must_return(texts.front());
  last.must_return();
  for (int i = 1; i <= capacity; ++i)
    all[1].types(get_line()).must_return(texts[static_cast<std::size_t>(i)]);
  remove(all[0]);
}

TEST_CASE("one item wakes one consumer, and the other sleeps on" * rule("S4") * todo(4) * points(2) *
          needs("get sleeps while the buffer is empty")) {
  Room room;
  auto all = consoles(room, {"producer", "first", "second"}, 4);
  auto one = all[1].types(get_line()), two = all[2].types(get_line());
  one.must_block(on("condition"));
  two.must_block(on("condition"));
  const auto text = room.random_text(), other = room.random_text();
  all[0].does(put_line(text));
  room.settles();
  const bool first_has_it = one.has_returned();
  auto &woken = first_has_it ? one : two, &asleep = first_has_it ? two : one;
  woken.must_return(text);
  asleep.must_block(on("condition"));
  all[0].does(put_line(other));
  asleep.must_return(other);
  remove(all[0]);
}

TEST_CASE("two items that are put at once wake two consumers" * rule("S4") * todo(3) * points(2) *
          needs("get sleeps while the buffer is empty")) {
  Room room;
  auto all = consoles(room, {"producer", "first", "second"}, 4);
  auto one = all[1].types(get_line()), two = all[2].types(get_line());
  one.must_block(on("condition"));
  two.must_block(on("condition"));
  // Neither consumer gets to run between the two puts.
  for (const int i : {1, 2}) all[static_cast<std::size_t>(i)].signal(SIGSTOP);
  room.settles();
  all[0].does(put_line("a"));
  all[0].does(put_line("b"));
  for (const int i : {1, 2}) all[static_cast<std::size_t>(i)].signal(SIGCONT);
  one.must_return();
  two.must_return();
  remove(all[0]);
}

TEST_CASE("a wake-up without a reason changes nothing" * rule("S4") * todo(4) * points(2) *
          needs("get sleeps while the buffer is empty")) {
  Room room;
  auto all = consoles(room, {"producer", "consumer", "other"}, 1);
  auto got = all[1].types(get_line());
  got.must_block(on("condition"));
  all[2].does(fmt::format("stray_wakeup {}", kBuffer));
  got.must_block(on("condition"));
  const auto text = room.random_text(), next = room.random_text();
  all[0].does(put_line(text));
  got.must_return(text);
  all[0].does(put_line(text));
  auto put = all[0].types(put_line(next));
  put.must_block(on("condition"));
  all[2].does(fmt::format("stray_wakeup {}", kBuffer));
  put.must_block(on("condition"));
  all[1].types(get_line()).must_return(text);
  put.must_return();
  all[1].types(get_line()).must_return(next);
  remove(all[0]);
}

TEST_CASE("a producer that is slow after its wake-up call leaves no consumer asleep" * rule("S4") * todo(3) *
          points(2) * needs("get sleeps while the buffer is empty")) {
  Room room;
  auto consumer = room.console("buffer", "consumer");
  consumer.does(fmt::format("create {} 4", kBuffer));
  auto producer = room.console("buffer", "producer", {hold_after("futex", 0)});
  slowly(producer, producer.types(fmt::format("open {}", kBuffer)), consumer);
  auto got = consumer.types(get_line());
  got.must_block(on("condition"));
  const auto text = room.random_text();
  auto put = producer.types(put_line(text));
  slowly(producer, put, consumer);
  put.must_return();
  got.must_return(text);
  remove(consumer);
}

/// Two sleep; the one who brings what they sleep for is stopped with the lock, and another such waits for it.
/// The sleepers come late to it all: they are stopped until both have done what they can.
void everybody_gets_through(const std::vector<Console>& all, const std::vector<Reply>& sleeping,
                            const Reply& stopped, const std::string& other_line) {
  for (const Reply& reply : sleeping) reply.must_block(on("condition"));
  auto other = all[3].types(other_line);
  other.must_block(on("mutex"));
  for (const int sleeper : {0, 1}) all[static_cast<std::size_t>(sleeper)].signal(SIGSTOP);
  all[2].signal(SIGCONT);
  stopped.must_return();
  all[3].must_settle();
  for (const int sleeper : {0, 1}) all[static_cast<std::size_t>(sleeper)].signal(SIGCONT);
  other.must_return();
  for (const Reply& reply : sleeping) reply.must_return();
}

TEST_CASE("two that sleep and two that bring what they sleep for: nobody is left asleep" * rule("S4") *
          todo(3) * points(3)) {
  for (const int capacity : {1, 2}) {
    Room room;
    auto all = consoles(room, {"consumer", "other consumer", "producer", "other producer"}, capacity);
    const std::vector<Reply> sleeping = {all[0].types(get_line()), all[1].types(get_line())};
    for (const Reply& reply : sleeping) reply.must_block(on("condition"));
    everybody_gets_through(all, sleeping, stops_in_put(all[2], room.random_text()),
                           put_line(room.random_text()));
    remove(all[0]);
  }
  for (const int capacity : {1, 2}) {
    Room room;
    auto all = consoles(room, {"producer", "other producer", "consumer", "other consumer"}, capacity);
    for (int i = 0; i < capacity; ++i) all[0].does(put_line(room.random_text()));
    const std::vector<Reply> sleeping = {all[0].types(put_line(room.random_text())),
                                         all[1].types(put_line(room.random_text()))};
    for (const Reply& reply : sleeping) reply.must_block(on("condition"));
    all[2].does("stop_in_copy");
    const Reply get = all[2].types(get_line());
    all[2].must_settle();
    everybody_gets_through(all, sleeping, get, get_line());
    remove(all[0]);
  }
}

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
  all[0].does("die_in_copy");
  all[0].types(put_line("never"));
  all[0].must_be_killed_by(SIGKILL);
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
  all[0].does("die_in_copy");
  all[0].types(get_line());
  all[0].must_be_killed_by(SIGKILL);
  all[1].does(put_line(other));
  all[2].types(get_line()).must_return(text);
  all[2].types(get_line()).must_return(other);
  remove(all[1]);
}

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
  all[0].does(put_line(two));
  all[0].does(fmt::format("shut {}", kBuffer));
  all[0].types(put_line("x")).must_fail("EPIPE");
  all[1].types(get_line()).must_return(one);
  all[1].types(get_line()).must_return(two);
  all[1].types(get_line()).must_fail("EPIPE");
  all[1].types(get_line()).must_fail("EPIPE");
  remove(all[0]);
}

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

TEST_CASE("moves in opposite directions never wait for each other for ever" * rule("S8") * todo(6) *
          points(3) * needs("move takes the oldest item from one buffer to another")) {
  Room room;
  // Both orders of creation and of mapping: an order of the locks must not depend on either.
  for (const bool turned : {false, true}) {
    const std::string a = turned ? "/south" : "/east", b = turned ? "/north" : "/west";
    const auto name = [&](const char* who) { return std::string(who) + (turned ? " again" : ""); };
    auto one = room.console("buffer", name("one")), two = room.console("buffer", name("two"));
    auto keeper_a = room.console("buffer", name("keeper a")),
         keeper_b = room.console("buffer", name("keeper b"));
    keeper_a.does(fmt::format("create {} 4", turned ? b : a));
    keeper_a.does(fmt::format("create {} 4", turned ? a : b));
    one.does("open " + a), one.does("open " + b);
    two.does("open " + b), two.does("open " + a);
    keeper_b.does("open " + b);
    auto put_a = stops_in_put(keeper_a, "from a", a), put_b = stops_in_put(keeper_b, "from b", b);
    // Each comes to wait for one of the locks; the keepers let go of them one after the other.
    auto there = one.types(fmt::format("move {} {}", a, b));
    one.must_settle();
    auto back = two.types(fmt::format("move {} {}", b, a));
    two.must_settle();
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

// In every order: races, and what is rare.

namespace {

/// A producer's or consumer's lines for each of its items.
std::vector<Reply> type_all(const Console& console, const std::vector<std::string>& lines) {
  std::vector<Reply> replies;
  for (const std::string& line : lines) replies.push_back(console.types(line));
  return replies;
}

/// Producers p0, p1 … put four items "p-n" between them, which the consumers get.
void everything_is_got_once(Room& room, int producers, int consumers, int capacity) {
  constexpr int kItems = 4;
  const int each = kItems / producers;
  room.console("buffer", "maker").does(fmt::format("create {} {}", kBuffer, capacity));
  std::vector<Reply> puts;
  std::vector<std::vector<Reply>> gets;
  for (int p = 0; p < producers; ++p) {
    const auto producer = room.console("buffer", fmt::format("producer {}", p + 1));
    for (int i = 0; i < each; ++i) puts.push_back(producer.types(put_line(fmt::format("{}-{}", p, i))));
  }
  const std::vector<std::string> lines(static_cast<std::size_t>(kItems / consumers), get_line());
  for (int c = 0; c < consumers; ++c)
    gets.push_back(type_all(room.console("buffer", fmt::format("consumer {}", c + 1)), lines));
  std::vector<std::string> got;
  for (const auto& consumer : gets) {
    std::map<char, std::string> latest;  // by producer
    for (const Reply& reply : consumer) {
      const std::string item = reply.value();
      std::string& before = latest[item.empty() ? ' ' : item[0]];
      if (item <= before)
        fails(cause::kWrongAnswer,
              "a consumer gets each producer's items in the order in which they were put",
              fmt::format("it got {} after {}", item, before));
      before = item;
      got.push_back(item);
    }
  }
  for (const Reply& reply : puts) reply.must_return();
  std::ranges::sort(got);
  std::vector<std::string> all;
  for (int p = 0; p < producers; ++p)
    for (int i = 0; i < each; ++i) all.push_back(fmt::format("{}-{}", p, i));
  if (got != all)
    fails(cause::kWrongAnswer, "every item is got once",
          "got are " + fmt::format("{}", fmt::join(got, ", ")));
  room.remove_objects();
}

}  // namespace

TEST_CASE("under 200 schedules, up to two producers and two consumers: every item once, in order, no race" *
          rule("S3") * todo(4) * points(3) *
          needs("one producer and one consumer: every item once, in order")) {
  under_schedules(200, [](Room& room) {
    const auto [producers, consumers] = std::vector<std::pair<int, int>>{
        {2, 2}, {2, 2}, {2, 1}, {1, 2}}[static_cast<std::size_t>(room.random(0, 3))];
    everything_is_got_once(room, producers, consumers, room.random(1, 2));
  });
}

TEST_CASE("under 100 schedules, moves in opposite directions: nobody waits for ever" * rule("S8") * todo(6) *
          points(2) * needs("move takes the oldest item from one buffer to another")) {
  under_schedules(100, [](Room& room) {
    const auto maker = room.console("buffer", "maker");
    const auto made =
        type_all(maker, {"create /east 4", "create /west 4", put_line("e", "/east"), put_line("e", "/east"),
                         put_line("w", "/west"), put_line("w", "/west")});
    for (const Reply& reply : made) reply.must_return();
    // There is always an item and always room.
    const auto there = type_all(room.console("buffer", "one"), {"move /east /west", "move /east /west"});
    const auto back = type_all(room.console("buffer", "two"), {"move /west /east", "move /west /east"});
    for (const auto& replies : {there, back})
      for (const Reply& reply : replies) reply.must_return();
    room.remove_objects();
  });
}

TEST_CASE("what processes do to the buffer is in some order, also when one of them dies" * rule("S5") *
          todo(3) * points(2)) {
  Room room(kWatchingRaces);
  auto all = consoles(room, {"producer", "consumer", "victim", "other"}, 2);
  const auto text = room.random_text();
  for (int i = 0; i < 3; ++i) {
    all[0].does(put_line(text));
    all[1].types(get_line()).must_return(text);
  }
  all[2].does("die_in_copy");
  all[2].types(put_line("never"));
  all[2].must_be_killed_by(SIGKILL);
  auto got = all[1].types(get_line());
  all[3].does(put_line(text));
  got.must_return(text);
  all[3].does(fmt::format("shut {}", kBuffer));
  all[1].types(get_line()).must_fail("EPIPE");
  room.must_be_race_free();
  remove(all[0]);
}
