// The checks of lab 01-pipe, part 4: the built-in stage.

#include <signal.h>

#include <string>

#include "runner.hpp"

TEST_CASE("@count hands on every byte and says how many" * rule("S7") * todo(4) * points(2)) {
  Room room;
  for (const std::size_t size : {0, 1, 4096, 65537, 1 << 20}) {
    auto runner = room.start(pipeline(kCount), fmt::format("pipeline @count of {}", size));
    const auto data = room.random_bytes(size);
    runner.types(data);
    runner.input_ends();
    runner.must_have_printed(data);
    runner.must_exit(0);
    must_complain(runner, fmt::format("pipeline: {} bytes\n", size));
  }
}

TEST_CASE("@count hands on what has come before it waits for more" * rule("S7") * todo(4) * points(2)) {
  Room room;
  auto runner = room.start(pipeline(kCat, kBar, kCount, kBar, kCat));
  for (const char* end : {"\n", ""}) {  // lines are nothing to it
    const auto text = room.random_text() + end;
    runner.types(text);
    runner.must_print(text);
  }
  room.settles();
  const auto count = runner.child("pipeline");
  count.must_block(on("pipe"));
  must_have_only_standard_streams(count);
  runner.input_ends();
  runner.must_exit(0);
}

TEST_CASE("@count survives short reads and short writes" * rule("S8") * todo(4) * points(2)) {
  Room room;
  auto runner = room.start(pipeline(kCount, kBar, kCat), "",
                           {in_runner(short_count("read", 7)), in_runner(short_count("write", 3))});
  const auto data = room.random_bytes(100);
  runner.types(data);
  runner.input_ends();
  runner.must_have_printed(data);
  runner.must_exit(0);
}

TEST_CASE("@count survives an interrupted read and an interrupted write" * rule("S8") * todo(4) * points(2)) {
  Room room;
  auto runner = room.start(pipeline(kCount, kBar, kCat), "",
                           {in_runner(interrupt("read", 1)), in_runner(interrupt("write", 1)),
                            in_runner(interrupt("read", 3)), in_runner(interrupt("write", 3))});
  std::string all;
  for (int round = 0; round < 4; ++round) {  // four reads and four writes at least, whatever their size
    all += room.random_text();
    runner.types(all.substr(all.size() - 12));
    runner.must_print(all.substr(all.size() - 12));
  }
  runner.input_ends();
  runner.must_have_printed(all);
  runner.must_exit(0);
}

TEST_CASE("@count says when it cannot read or cannot write" * rule("S7") * todo(4) * points(1)) {
  Room room;
  room.start({"sh", "-c", "exec pipeline @count </tmp"}, "@count of a directory").must_exit(1);
  const auto full = room.start({"sh", "-c", "exec pipeline @count >/dev/full"}, "@count to a full device");
  full.types(room.random_text());
  full.input_ends();
  full.must_exit(1);
}

TEST_CASE("@count between stages sees the end on both sides" * rule("S7") * todo(3) * points(2)) {
  Room room;
  auto ends = room.start(pipeline(kCat, kBar, kCount, kBar, kCat), "cat | @count | cat");
  const auto data = room.random_bytes(4096);
  ends.types(data);
  ends.input_ends();
  ends.must_have_printed(data);
  ends.must_exit(0);
  const auto text = room.random_text();
  auto leaves = room.start(pipeline(Words{"yes", text}, kBar, kCount, kBar, Words{"head", "-n", "1"}),
                           "yes | @count | head");
  leaves.must_have_printed(text + "\n");
  leaves.must_exit(0);
}

TEST_CASE("SIGPIPE ends @count as it ends a program" * rule("S7") * todo(4) * points(1)) {
  Room room;
  for (const Words& stage : {kCount, kCat}) {
    auto runner = room.start(pipeline(stage), "pipeline " + stage[0]);
    runner.output_closes();
    runner.types(room.random_text());
    runner.must_exit(128 + SIGPIPE);
  }
}
