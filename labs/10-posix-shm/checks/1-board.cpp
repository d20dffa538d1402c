// The checks of lab 10-posix-shm, part 1: a board, its name and its text.

#include <fmt/format.h>

#include "board.hpp"

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
