// The checks of lab 10-posix-shm, part 3: what is refused.

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <vector>

#include "board.hpp"

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
