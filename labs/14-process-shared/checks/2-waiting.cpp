// The checks of lab 14-process-shared, part 2: sleeping and waking.

#include <signal.h>

#include <string>
#include <utility>
#include <vector>

#include "buffer.hpp"

namespace {

/// The program is held after every call of futex(2), which is how it wakes others, until `other` has looked
/// and come to rest.
void slowly(const Console& program, const Reply& reply, const Console& other) {
  for (program.must_settle(); !reply.has_returned() && program.is_held(); program.must_settle()) {
    other.must_settle();
    program.goes_on();
  }
}

}  // namespace

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
  auto all = consoles(room, {"producer", "consumer"}, 1);
  auto got = all[1].types(get_line());
  got.must_block(on("condition"));
  stray_wakeup(all[0]);
  got.must_block(on("condition"));
  const auto text = room.random_text(), next = room.random_text();
  all[0].does(put_line(text));
  got.must_return(text);
  all[0].does(put_line(text));
  auto put = all[0].types(put_line(next));
  put.must_block(on("condition"));
  stray_wakeup(all[1]);
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

/// Two sleep; the one who brings what they sleep for is stopped with the lock (and may have called them
/// already), and another such waits for it. The sleepers come late to it all: they are stopped until both
/// have done what they can.
void everybody_gets_through(const std::vector<Console>& all, const std::vector<Reply>& sleeping,
                            const Reply& stopped, const std::string& other_line) {
  for (const Reply& reply : sleeping) reply.must_wait();
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
  const std::vector<std::pair<std::string, int>> buffers = {{"/small", 1}, {"/large", 2}};
  {
    Room room;
    auto all = consoles(room, {"consumer", "other consumer", "producer", "other producer"});
    for (const auto& [buffer, capacity] : buffers) {
      create(all[0], capacity, buffer);
      const std::vector<Reply> sleeping = {all[0].types(get_line(buffer)), all[1].types(get_line(buffer))};
      for (const Reply& reply : sleeping) reply.must_block(on("condition"));
      everybody_gets_through(all, sleeping, stops_in_put(all[2], room.random_text(), buffer),
                             put_line(room.random_text(), buffer));
      remove(all[0], buffer);
    }
  }
  {
    Room room;
    auto all = consoles(room, {"producer", "other producer", "consumer", "other consumer"});
    for (const auto& [buffer, capacity] : buffers) {
      create(all[0], capacity, buffer);
      for (int i = 0; i < capacity; ++i) all[0].does(put_line(room.random_text(), buffer));
      const std::vector<Reply> sleeping = {all[0].types(put_line(room.random_text(), buffer)),
                                           all[1].types(put_line(room.random_text(), buffer))};
      for (const Reply& reply : sleeping) reply.must_block(on("condition"));
      everybody_gets_through(all, sleeping, stops_in_get(all[2], buffer), get_line(buffer));
      remove(all[0], buffer);
    }
  }
}
