// The checks of lab 14-process-shared, part 6: in every order: races, and what is rare.

#include <signal.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "buffer.hpp"

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
  const auto bystander = room.bystander("buffer");
  create(bystander, capacity);
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
  remove(bystander);
}

}  // namespace

TEST_CASE("under 200 schedules, up to two producers and two consumers: every item once, in order, no race" *
          rule("S3") * todo(4) * points(3) * races() *
          needs("one producer and one consumer: every item once, in order")) {
  under_schedules(200, [](Room& room) {
    const auto [producers, consumers] = std::vector<std::pair<int, int>>{
        {2, 2}, {2, 1}, {1, 2}, {1, 1}, {1, 1}}[static_cast<std::size_t>(room.random(0, 4))];
    everything_is_got_once(room, producers, consumers, room.random(1, 2));
  });
}

TEST_CASE("under 40 schedules, moves in opposite directions: nobody waits for ever" * rule("S8") * todo(6) *
          points(2) * races() * needs("move takes the oldest item from one buffer to another")) {
  under_schedules(40, [](Room& room) {
    const auto bystander = room.bystander("buffer");
    for (const std::string buffer : {"/east", "/west"}) {
      create(bystander, 4, buffer);
      for (int i = 0; i < 2; ++i) bystander.does(put_line("item", buffer));
    }
    // There is always an item and always room.
    const auto there = type_all(room.console("buffer", "one"), {"move /east /west", "move /east /west"});
    const auto back = type_all(room.console("buffer", "two"), {"move /west /east", "move /west /east"});
    for (const auto& replies : {there, back})
      for (const Reply& reply : replies) reply.must_return();
    for (const std::string buffer : {"/east", "/west"}) remove(bystander, buffer);
  });
}

TEST_CASE("what processes do to the buffer is in some order, also when one of them dies" * rule("S5") *
          todo(3) * points(2) * races()) {
  Room room(kWatchingRaces);
  auto all = consoles(room, {"producer", "consumer", "victim", "other"}, 2);
  const auto text = room.random_text();
  for (int i = 0; i < 3; ++i) {
    all[0].does(put_line(text));
    all[1].types(get_line()).must_return(text);
  }
  dies_in(all[2], put_line("never"));
  auto got = all[1].types(get_line());
  all[3].does(put_line(text));
  got.must_return(text);
  all[3].does(fmt::format("shut {}", kBuffer));
  all[1].types(get_line()).must_fail("EPIPE");
  room.must_be_race_free();
  remove(all[0]);
}
