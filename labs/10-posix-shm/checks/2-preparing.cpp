// The checks of lab 10-posix-shm, part 2: it is prepared once, whoever comes first and whoever dies.

#include <fmt/format.h>
#include <signal.h>

#include <utility>
#include <vector>

#include "board.hpp"

// Exactly one prepares it.

TEST_CASE("while one prepares the board, everybody else sleeps, and then finds it ready" * rule("S2") *
          todo(3) * points(3)) {
  Room room;
  auto alice = room.console("board", "alice"), bob = room.console("board", "bob"),
       carol = room.console("board", "carol");
  auto preparing = stops_in_prepare(alice);
  auto second = bob.types(open_line());
  must_wait_for_turn(second);
  auto third = carol.types(open_line());
  must_wait_for_turn(third);
  alice.signal(SIGCONT);
  preparing.must_return();
  second.must_return();
  third.must_return();
  bob.types("times_prepared").must_return("1");
  carol.types(read_line(0, 1000)).must_return(dots(1000));
  remove(alice);
}

TEST_CASE("who comes between the making and the sizing of the object sees no board without a size" *
          rule("S2") * todo(3) * points(2)) {
  Room room;
  for (const auto& [first, other] : {std::pair(9'000, 100), std::pair(100, 9'000)}) {
    auto alice = room.console("board", fmt::format("alice, {}", first),
                              {hold_before("ftruncate"), hold_before("fallocate")}),
         bob = room.console("board", fmt::format("bob, {}", other));
    auto making = alice.types(open_line(first));
    alice.must_settle();
    auto second = bob.types(open_line(other));  // whichever of the two is first: it is one board
    bob.must_settle();
    while (alice.is_held()) {
      alice.goes_on();
      alice.must_settle();
    }
    making.must_return();
    second.must_return();
    const auto size = alice.asks("size");
    bob.types("size").must_return(size);
    bob.types("times_prepared").must_return("1");
    must_fit(room, bob);
    const auto text = room.random_text(12);
    const auto end = static_cast<std::size_t>(std::stoul(size)) - text.size();
    bob.does(write_line(end, text));
    alice.types(read_line(end, text.size())).must_return(text);
    remove(alice);
  }
}

TEST_CASE("eight that open at once have one board, prepared once" * rule("S2") * todo(4) * points(2)) {
  Room room;
  std::vector<Console> all;
  std::vector<Reply> opening;
  for (int i = 0; i < 8; ++i) all.push_back(room.console("board", fmt::format("opener {}", i + 1)));
  for (const Console& console : all) opening.push_back(console.types(open_line(100'000)));
  for (const Reply& reply : opening) reply.must_return();
  for (const Console& console : all) console.types("times_prepared").must_return("1");
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i].does(write_line(1'000 * i, fmt::format("opener {}", i + 1)));
  for (std::size_t i = 0; i < all.size(); ++i)
    all[7 - i].types(read_line(1'000 * i, 8)).must_return(fmt::format("opener {}", i + 1));
  remove(all[0]);
}

TEST_CASE("when the one who prepares dies in the middle, the next prepares the board" * rule("S3") * todo(4) *
          points(2)) {
  Room room;
  auto alice = room.console("board", "alice"), bob = room.console("board", "bob");
  for (const auto& [dead, next] : {std::pair(1'000, 1'000), std::pair(100, 9'000), std::pair(9'000, 100)}) {
    auto victim = room.console("board", fmt::format("victim, {}", dead));
    victim.does("die_in_prepare");
    victim.types(open_line(dead));
    victim.must_be_killed_by(SIGKILL);
    alice.does(open_line(next));
    const auto size = std::stoul(alice.asks("size"));
    if (size != static_cast<unsigned>(dead) && size != static_cast<unsigned>(next))
      fails(cause::kWrongAnswer, fmt::format("the board has {} or {} bytes", dead, next),
            fmt::format("it has {}", size));
    bob.does(open_line());
    bob.types("times_prepared").must_return("1");
    bob.types(read_line(0, size)).must_return(dots(size));
    must_fit(room, alice);
    remove(alice);
  }
}

TEST_CASE("when the one who prepares dies, those who wait for it go on" * rule("S3") * todo(4) * points(2)) {
  Room room;
  auto victim = room.console("board", "victim"), alice = room.console("board", "alice"),
       bob = room.console("board", "bob");
  stops_in_prepare(victim);
  auto second = alice.types(open_line()), third = bob.types(open_line());
  must_wait_for_turn(second);
  must_wait_for_turn(third);
  victim.kill();
  second.must_return();
  third.must_return();
  bob.types("times_prepared").must_return("1");
  alice.types(read_line(0, 1000)).must_return(dots(1000));
  remove(alice);
}

TEST_CASE("an interrupted wait for one's turn goes on" * rule("S7") * todo(3) * points(1)) {
  Room room;
  auto alice = room.console("board", "alice"),
       bob = room.console("board", "bob", {interrupt("flock"), interrupt("fcntl")});
  auto preparing = stops_in_prepare(alice);
  auto second = bob.types(open_line());
  must_wait_for_turn(second);
  alice.signal(SIGCONT);
  preparing.must_return();
  second.must_return();
  bob.types("times_prepared").must_return("1");
  remove(alice);
}

// In every order. What the check does between two commands orders nothing for the programs: nobody reads here
// what another has written.

TEST_CASE("eight that open, write and read: nobody touches a board that another still prepares" * rule("S2") *
          todo(4) * points(2) * races() * needs("eight that open at once have one board, prepared once")) {
  Room room(kWatchingRaces);
  std::vector<Console> all;
  std::vector<Reply> opening;
  for (int i = 0; i < 8; ++i) all.push_back(room.console("board", fmt::format("opener {}", i + 1)));
  for (const Console& console : all) opening.push_back(console.types(open_line()));
  for (const Reply& reply : opening) reply.must_return();
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].does(write_line(100 * i, "text"));
    all[i].types(read_line(100 * i, 6)).must_return("text..");
    all[i].types("times_prepared").must_return("1");
  }
  room.must_be_race_free();
  remove(all[0]);
}

TEST_CASE("under 100 schedules, three that open at once have one board, also when one of them dies" *
          rule("S3") * todo(4) * points(3) * races() *
          needs("eight that open at once have one board, prepared once")) {
  under_schedules(100, [](Room& room) {
    const auto victim = room.console("board", "victim");
    if (room.random(0, 1)) victim.types("die_in_prepare");
    victim.types(open_line(40));
    std::vector<Reply> prepared, texts;
    for (const int i : {0, 1}) {
      const auto opener = room.console("board", fmt::format("opener {}", i + 1));
      opener.types(open_line(40));
      prepared.push_back(opener.types("times_prepared"));
      texts.push_back(opener.types(read_line(0, 40)));
    }
    victim.status();  // it dies only when it is the one who prepares
    for (const Reply& reply : prepared) reply.must_return("1");
    for (const Reply& reply : texts) reply.must_return(dots(40));
    remove(room.bystander("board"));
  });
}
