// The checks of lab 10-posix-shm. Consoles open the same board; one that stops or dies in the middle of
// preparing it makes what is rare happen at a chosen moment.

#include "check/check.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

using namespace ipclab;
using namespace ipclab::check;

namespace {

constexpr char kBoard[] = "/board";

std::string open_line(int bytes = 1000, const std::string& board = kBoard) {
  return fmt::format("open {} {}", board, bytes);
}
std::string write_line(std::size_t at, const std::string& text) {
  return fmt::format("write {} {}", at, word(text));
}
std::string read_line(std::size_t at, std::size_t bytes) { return fmt::format("read {} {}", at, bytes); }

void remove(const Console& console) { console.does(fmt::format("unlink {}", kBoard)); }

/// Opens, and stops in the middle of preparing the board. Nothing when the program does not prepare it by
/// then.
Reply stops_in_prepare(const Console& console) {
  console.does("stop_in_prepare");
  Reply reply = console.types(open_line());
  console.must_settle();
  return reply;
}

/// The object is the header and as many bytes of text as the board says it has.
void must_fit(Room& room, const Console& console) {
  constexpr std::size_t kHeader = 16;  // board.hpp
  const auto text = std::stoull(console.asks("size"));
  const auto bytes = std::stoull(room.start({"stat", "-c", "%s", "/dev/shm/board"}).output());
  if (bytes != kHeader + text)
    fails(cause::kWrongAnswer, "the object holds a Header and the text, nothing behind it",
          fmt::format("the board has {} bytes of text, and its object {} in all", text, bytes));
}

/// Among the calls that it has made since it was started with count_calls().
void must_have_closed_once(const Console& console) {
  if (console.calls_made().needless_closes() > 0)
    fails(cause::kClosedTwice, "a descriptor is closed once",
          "it closes a descriptor that it has closed already",
          "By then the number may be that of another file, which is then closed under its owner's hands.");
}

/// Whoever opens the board now has to wait for its turn.
void must_wait_for_turn(const Reply& reply) { reply.must_block(on("")); }

std::string dots(std::size_t count) { return std::string(count, '.'); }

}  // namespace

// The name.

TEST_CASE("unlink of a name that is not there is refused" * rule("S5") * todo(1) * points(1)) {
  Room room;
  auto alice = room.console("board", "alice");
  alice.types("unlink /nothing").must_fail("ENOENT");
}

TEST_CASE("after unlink the name is free, and who has the board open keeps it" * rule("S5") * todo(1) *
          points(2)) {
  Room room;
  auto alice = room.console("board", "alice"), bob = room.console("board", "bob");
  const auto old_text = room.random_text(), new_text = room.random_text();
  alice.does(open_line());
  alice.does(write_line(0, old_text));
  remove(alice);
  room.must_hold({});
  bob.does(open_line(500));
  bob.types("size").must_return("500");
  bob.types(read_line(0, 10)).must_return(dots(10));
  bob.does(write_line(0, new_text));
  alice.types(read_line(0, old_text.size())).must_return(old_text);
  remove(bob);
}

// One board.

TEST_CASE("what one process writes another reads, at every place" * rule("S1") * todo(4) * points(2)) {
  Room room;
  auto alice = room.console("board", "alice"), bob = room.console("board", "bob");
  alice.does(open_line(70'000));
  bob.does(open_line(70'000));
  alice.types("size").must_return("70000");
  bob.types(read_line(0, 100)).must_return(dots(100));
  for (const std::size_t at : {std::size_t{0}, std::size_t{4090}, std::size_t{69'988}}) {
    const auto text = room.random_text(12);
    alice.does(write_line(at, text));
    bob.types(read_line(at, 12)).must_return(text);
  }
  const auto bytes = room.random_bytes(60'000);
  bob.does(write_line(5'000, bytes));
  alice.types(read_line(5'000, 60'000)).must_return(bytes);
  remove(alice);
}

TEST_CASE("a board that is there is opened as it is, with its size and its text" * rule("S1") * todo(3) *
          points(3)) {
  Room room;
  auto alice = room.console("board", "alice"), bob = room.console("board", "bob"),
       carol = room.console("board", "carol");
  const auto head = room.random_text(), tail = room.random_text(12);
  alice.does(open_line(9'000));
  alice.does(write_line(0, head));
  alice.does(write_line(8'988, tail));
  const auto size_of_object = [&] { return room.start({"stat", "-c", "%s", "/dev/shm/board"}).output(); };
  const auto size = size_of_object();
  bob.does(open_line(100));  // wants a smaller one
  bob.types("size").must_return("9000");
  bob.types(read_line(8'988, 12)).must_return(tail);
  carol.does(open_line(50'000));  // wants a larger one
  carol.types("size").must_return("9000");
  carol.types(read_line(0, head.size())).must_return(head);
  alice.types(read_line(8'988, 12)).must_return(tail);
  carol.types("times_prepared").must_return("1");
  if (const auto now = size_of_object(); now != size)
    fails(cause::kWrongAnswer, "a board that is there keeps its size, whatever size is asked for",
          fmt::format("the object had {} bytes, and has {}", std::stoull(size), std::stoull(now)));
  remove(alice);
}

TEST_CASE("the board outlives those who made it" * rule("S1") * todo(4) * points(1)) {
  Room room;
  const auto text = room.random_text();
  {
    auto alice = room.console("board", "alice");
    alice.does(open_line());
    alice.does(write_line(7, text));
    alice.kill();
  }
  auto bob = room.console("board", "bob");
  bob.does(open_line());
  bob.types(read_line(7, text.size())).must_return(text);
  bob.types("times_prepared").must_return("1");
  remove(bob);
}

TEST_CASE("a board that is open has no descriptor any more" * rule("S4") * todo(3) * points(1)) {
  Room room;
  auto alice = room.console("board", "alice", {count_calls()});
  const std::size_t before = alice.descriptors().size();
  alice.does(open_line());
  alice.does(write_line(0, "text"));
  must_have_closed_once(alice);
  const std::size_t after = alice.descriptors().size();
  if (after != before)
    fails(cause::kDescriptorLeak, "an open board is memory, and no descriptor",
          fmt::format("there are {} more descriptors than before", after - before));
  alice.does("close");
  alice.does(open_line());
  alice.types(read_line(0, 4)).must_return("text");
  remove(alice);
}

TEST_CASE("ls, stat and cmp see the board in /dev/shm, for its owner only" * rule("S6") * todo(2) *
          points(1)) {
  Room room;
  auto alice = room.console("board", "alice");
  alice.does(open_line());
  const auto text = room.random_text(40);
  alice.does(write_line(0, text));
  auto list = room.start({"ls", "/dev/shm/board"});
  list.must_have_printed("/dev/shm/board\n");
  auto mode = room.start({"stat", "-c", "%a", "/dev/shm/board"});
  mode.must_have_printed("600\n");
  // The text is the end of the object: a thousand bytes.
  room.write_file("text", text + dots(960));
  auto compare = room.start({"sh", "-c", "tail -c 1000 /dev/shm/board | cmp - text"}, "cmp");
  compare.must_have_printed("");
  compare.must_exit(0);
  room.keeps("text");
  remove(alice);
}

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
          todo(4) * points(2) * needs("eight that open at once have one board, prepared once")) {
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
          rule("S3") * todo(4) * points(3) * needs("eight that open at once have one board, prepared once")) {
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
    remove(room.console("board", "remover"));
  });
}

// Errors.

TEST_CASE("a board larger than any is refused, and the next one is opened" * rule("S4") * todo(3) *
          points(1)) {
  Room room;
  const auto alice = room.console("board", "alice"), bob = room.console("board", "bob");
  // 2^64 - 1, - 16 and - 17: with a header that is 15, 0, and a negative size.
  for (const char* bytes : {"-1", "-16", "-17"}) {
    alice.types(fmt::format("open {} {}", kBoard, bytes)).must_fail("");
    bob.does(open_line());
    bob.types("size").must_return("1000");
    bob.types(read_line(0, 1000)).must_return(dots(1000));
    must_fit(room, bob);
    remove(bob);
    bob.does("close");
  }
}

TEST_CASE("what is beyond the board is refused, and the process goes on" * rule("S4") * todo(5) * points(3)) {
  Room room;
  auto alice = room.console("board", "alice");
  alice.does(open_line(1000));
  alice.types(read_line(990, 10)).must_return(dots(10));
  alice.types(read_line(1000, 0)).must_return("");
  alice.types(read_line(990, 11)).must_fail("ERANGE");
  alice.types(read_line(1001, 0)).must_fail("ERANGE");
  alice.types(read_line(1'000'000'000, 1)).must_fail("ERANGE");
  alice.types(write_line(1000, "x")).must_fail("ERANGE");
  alice.types(write_line(9'223'372'036'854'775'807u, "overflow")).must_fail("ERANGE");
  alice.types(read_line(1u << 31, 1)).must_fail("ERANGE");
  alice.types(read_line(std::size_t{1} << 32, 1)).must_fail("ERANGE");  // 0 in 32 bits
  alice.types(read_line(0, std::size_t{1} << 32)).must_fail("ERANGE");
  alice.types("read -1 2").must_fail("ERANGE");    // 2^64 - 1, and the sum is 1
  alice.types("read 10 -10").must_fail("ERANGE");  // the sum is 0
  alice.types(read_line(0, 10)).must_return(dots(10));
  remove(alice);
}

TEST_CASE("an open that fails says why, keeps no descriptor, and the next one works" * rule("S4") * todo(3) *
          points(1)) {
  struct Failure {
    std::string error;
    std::vector<Fault> faults;
  };
  std::vector<Failure> failures = {{"EMFILE", {fail("open", EMFILE)}},
                                   {"ENOSPC", {fail("ftruncate", ENOSPC), fail("fallocate", ENOSPC)}},
                                   {"ENOMEM", {fail("mmap", ENOMEM)}}};
  failures.back().faults.back().on = Fault::On::file;  // not what malloc asks for
  Room room;
  auto bob = room.console("board", "bob");
  for (auto& [error, faults] : failures) {
    faults.push_back(count_calls());
    auto alice = room.console("board", "alice, " + error, faults);
    const std::size_t before = alice.descriptors().size();
    alice.types(open_line()).must_fail(error);
    if (alice.descriptors().size() != before)
      fails(cause::kDescriptorLeak, "an open that fails keeps no descriptor",
            "there is one more than before");
    must_have_closed_once(alice);
    bob.does(open_line());  // nobody is in its way
    alice.does(open_line());
    alice.types(read_line(0, 10)).must_return(dots(10));
    alice.types("times_prepared").must_return("1");
    remove(alice);
  }
}
