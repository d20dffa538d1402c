// The checks of lab 14-process-shared, part 1: every item once, in order.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "buffer.hpp"

namespace {

std::string random_item(Room& room) { return room.random_text(static_cast<std::size_t>(room.random(1, 63))); }

/// Fills the buffer, takes half and fills it again before it takes all: what is in it goes round the end of
/// its places, and several items lie there when one is taken.
void come_out_in_order(Room& room, const Console& producer, const Console& consumer, int capacity,
                       const std::string& buffer) {
  std::vector<std::string> items;
  std::size_t got = 0;
  const auto fill = [&] {
    while (items.size() < got + static_cast<std::size_t>(capacity)) {
      items.push_back(random_item(room));
      producer.types(put_line(items.back(), buffer)).must_return();
    }
  };
  const auto take_until = [&](std::size_t left) {
    for (; items.size() - got > left; ++got) consumer.types(get_line(buffer)).must_return(items[got]);
  };
  fill();
  take_until(static_cast<std::size_t>(capacity) / 2);
  fill();
  take_until(0);
}

}  // namespace

TEST_CASE("one producer and one consumer: every item once, in order" * rule("S3") * todo(4) * points(3)) {
  Room room;
  auto alice = room.console("buffer", "alice"), bob = room.console("buffer", "bob");
  for (const int capacity : {1, 3, 16}) {
    const auto name = fmt::format("/buffer{}", capacity);
    alice.does(fmt::format("create {} {}", name, capacity));
    come_out_in_order(room, alice, bob, capacity, name);
    std::vector<std::string> items;
    std::vector<Reply> puts, gets;
    for (int i = 0; i < 40; ++i) items.push_back(random_item(room));  // at the same time
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

TEST_CASE("every item is copied once on its way in, and once on its way out" * rule("S3") * todo(4) *
          points(1) * needs("one producer and one consumer: every item once, in order")) {
  Room room;
  const auto alice = consoles(room, {"alice"}, 2).front();
  alice.does(put_line(room.random_text()));
  alice.types("copies").must_return("1");
  alice.types(get_line()).must_return();
  alice.types("copies").must_return("2");
  remove(alice);
}
