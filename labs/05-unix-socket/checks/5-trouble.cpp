// The checks of lab 05-unix-socket, part 5: when a call does less than it was asked for.

#include <algorithm>
#include <string>
#include <vector>

#include "check/difference.hpp"
#include "desk.hpp"

namespace {

void lines_arrive(Room& room, const Pair& pair) {
  for (int round = 0; round < 3; ++round) {
    const auto text = room.random_text(20);
    pair.alice.does(line("send", text));
    pair.bob.types("receive").must_return(text);
  }
}

/// These calls, and those that wait until one of them can be made.
std::vector<Fault> interrupted(const std::vector<std::string>& calls) {
  std::vector<Fault> faults = in_every(calls, {interrupt("", 1), interrupt("", 3)});
  for (const char* call : {"poll", "select", "epoll_wait"})
    for (const int nth : {1, 3}) faults.push_back(interrupt(call, nth));
  return faults;
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
  Pair pair(room, interrupted(kSends));
  lines_arrive(room, pair);
  const auto text = room.random_text(1 << 20);  // more than there is room for
  for (const char* name : {"long", "copy"}) room.keeps(name);
  room.write_file("long", text);
  auto sent = pair.alice.types("send_file long");
  sent.must_wait();
  pair.bob.does("receive_file copy");
  sent.must_return();
  if (room.read_file("copy") != text)
    fails(cause::kWrongOutput, "a long line arrives as it was sent",
          difference(text, room.read_file("copy")));
}

TEST_CASE("a send that is interrupted after a part goes on behind that part" * rule("S10") * todo(2) *
          points(1)) {
  Room room;
  Pair pair(room, in_every(kSends, {short_count("send", 3, 1), interrupt("send", 2)}));
  lines_arrive(room, pair);
}

TEST_CASE("an interrupted receive goes on" * rule("S10") * todo(3) * points(1)) {
  Room room;
  Pair pair(room, interrupted(kReceives));
  lines_arrive(room, pair);
}

TEST_CASE("an interrupted desk goes on" * rule("S10") * todo(3) * points(1)) {
  Room room;
  auto alice = room.console("desk", "alice", interrupted(kReceives)), bob = room.console("desk", "bob");
  alice.does(line("listen", kDesk));
  auto served = alice.types("serve 1");
  bob.does(line("connect", kDesk));
  for (int round = 0; round < 3; ++round) {
    served.must_wait();
    bob.does("send drawer");
    bob.types("receive").must_return("reward");
  }
  bob.does("hang_up");
  served.must_return("3");
}

TEST_CASE("an interrupted collect goes on" * rule("S10") * todo(4) * points(1)) {
  Room room;
  auto alice = room.console("desk", "alice", interrupted(kReceives)), bob = room.console("desk", "bob");
  alice.does(line("box", kBox));
  for (int round = 0; round < 3; ++round) {
    const auto text = room.random_text();
    bob.does(fmt::format("post {} {}", kBox, text));
    alice.types("collect").must_return("text " + text);
  }
}
