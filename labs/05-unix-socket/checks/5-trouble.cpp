// The checks of lab 05-unix-socket, part 5: when a call does less than it was asked for.

#include <algorithm>
#include <string>
#include <vector>

#include "desk.hpp"

namespace {

void lines_arrive(Room& room, const Pair& pair) {
  for (int round = 0; round < 3; ++round) {
    const auto text = room.random_text(20);
    pair.alice.does(line("send", text));
    pair.bob.types("receive").must_return(text);
  }
}

}  // namespace

TEST_CASE("short sends and short receives lose nothing" * rule("S4") * todo(2) * points(2)) {
  Room room;
  std::vector<Fault> faults = in_every(kSends, {short_count("send", 3)});
  for (const Fault& fault : in_every(kReceives, {short_count("recv", 2)})) faults.push_back(fault);
  Pair pair(room, faults);
  lines_arrive(room, pair);
}

TEST_CASE("an interrupted send goes on" * rule("S10") * todo(2) * points(1)) {
  Room room;
  Pair pair(room, in_every(kSends, {interrupt("send", 1), interrupt("send", 3)}));
  lines_arrive(room, pair);
}

TEST_CASE("an interrupted receive goes on" * rule("S10") * todo(3) * points(1)) {
  Room room;
  Pair pair(room, in_every(kReceives, {interrupt("recv", 1), interrupt("recv", 3)}));
  lines_arrive(room, pair);
}

TEST_CASE("an interrupted collect goes on" * rule("S10") * todo(4) * points(1)) {
  Room room;
  auto alice =
           room.console("desk", "alice", in_every(kReceives, {interrupt("recv", 1), interrupt("recv", 3)})),
       bob = room.console("desk", "bob");
  alice.does(line("box", kBox));
  for (int round = 0; round < 3; ++round) {
    const auto text = room.random_text();
    bob.does(fmt::format("post {} {}", kBox, text));
    alice.types("collect").must_return("text " + text);
  }
}
