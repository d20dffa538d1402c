// The checks of lab 01-pipe, part 5: when the system does not do as it is asked.

#include <cerrno>
#include <string>

#include "runner.hpp"

TEST_CASE("an interrupted wait is taken up again" * rule("S8") * todo(2) * points(1)) {
  Room room;
  const int status = room.random(1, 95);
  auto runner = room.start(pipeline(kCat, kBar, shell(fmt::format("cat; exit {}", status))), "",
                           {in_runner(interrupt("waitpid", 1)), in_runner(interrupt("waitpid", 2))});
  const auto text = room.random_text();
  runner.types(text);
  runner.input_ends();
  runner.must_have_printed(text);
  runner.must_exit(status);
}

TEST_CASE("no process for a stage: a message, status 1, and no stage is left" * rule("S8") * todo(1) *
          points(1)) {
  Room room;
  for (int failing = 1; failing <= 3; ++failing) {
    auto runner = room.start(cats(3), fmt::format("pipeline without stage {}", failing),
                             {in_runner(fail("fork", EAGAIN, failing))});
    runner.input_ends();
    runner.must_exit(1);
    must_complain(runner, "\n");
  }
}
