// The checks of lab 01-pipe, part 3: the processes of many commands, and how they end.

#include <signal.h>

#include <string>
#include <vector>

#include "runner.hpp"

TEST_CASE("all stages run at once, none waits for another to end" * rule("S5") * todo(1) * points(2)) {
  Room room;
  const auto ready = room.random_text() + "\n";
  auto runner = room.start(pipeline(kCat, kBar, kCat, kBar, shell("echo " + ready + "exec cat")));
  runner.must_print(ready);  // the last stage is there while the first still waits for its first byte
  for (const auto& cat : all_cats(runner, 3)) cat.must_block_in("read", on("pipe"));
  runner.input_ends();
  runner.must_exit(0);
}

TEST_CASE("the runner waits for every stage, also when the last has ended" * rule("S5") * todo(2) *
          points(2)) {
  Room room;
  const int status = room.random(1, 95);
  auto runner = room.start(pipeline(kCat, kBar, shell("exit " + std::to_string(status))));
  room.settles();
  if (runner.ended())
    fails(cause::kOrphan, "the runner ends after the last of its stages to end",
          "the runner has ended, and its first stage, cat, is still there");
  runner.input_ends();
  runner.must_exit(status);
}

TEST_CASE("a stage that is stopped has not ended" * rule("S5") * todo(2) * points(1)) {
  Room room;
  const int status = room.random(1, 95);
  auto runner = room.start(pipeline(shell("kill -STOP $$; exit " + std::to_string(status))));
  room.settles();
  if (runner.ended())
    fails(cause::kOrphan, "the runner ends after the last of its stages to end",
          "the runner has ended, and its stage is only stopped",
          "wait(2): with WUNTRACED a stop is told like an end; without, only an end is told.");
  runner.child("sh").signal(SIGCONT);
  runner.must_exit(status);
}

TEST_CASE("the exit status is the last stage's, whichever ends last" * rule("S2") * todo(2) * points(3)) {
  Room room;
  const int first = room.random(1, 30), middle = room.random(31, 60), last = room.random(61, 95);
  const auto exits = [](const std::string& before, int status) {
    return shell(fmt::format("{}; exit {}", before, status));
  };
  // `read` holds the first stage until the check types a line: the last one ends first …
  auto early =
      room.start(pipeline(exits("read line", first), kBar, exits("true", middle), kBar, exits("true", last)),
                 "pipeline, last ends first");
  room.settles();
  early.types("go\n");
  early.must_exit(last);
  // … and end-of-file holds the last stage until the others have ended.
  auto late = room.start(pipeline(exits("true", first), kBar, exits("cat", middle), kBar, exits("cat", last)),
                         "pipeline, last ends last");
  late.must_exit(last);
}

TEST_CASE("the others run and end when a stage cannot be executed" * rule("S3") * todo(1) * points(2)) {
  Room room;
  const Words missing = {"no-" + room.random_text()};
  auto first = room.start(pipeline(missing, kBar, kCat, kBar, Words{"wc", "-c"}), "pipeline, first missing");
  first.must_have_printed("0\n");
  first.must_exit(0);
  auto middle =
      room.start(pipeline(Words{"yes"}, kBar, missing, kBar, Words{"wc", "-c"}), "pipeline, second missing");
  middle.must_have_printed("0\n");
  middle.must_exit(0);
  auto last = room.start(pipeline(Words{"yes"}, kBar, kCat, kBar, missing), "pipeline, last missing");
  last.must_exit(127);
  must_complain(last, missing[0]);
}

TEST_CASE("/bin/sh runs the same lines with the same output and status" * rule("S2") * todo(3) * points(3)) {
  Room room;
  std::string lines;
  for (int i = 0; i < 50; ++i) lines += fmt::format("{} {}\n", room.random(1, 9), room.random_text());
  room.write_file("lines", lines);
  room.keeps("lines");
  const std::vector<std::vector<Words>> same = {
      {{"ls", "/"}, {"grep", "etc"}, {"wc", "-l"}},
      {{"cat", "lines"}, {"cut", "-d", " ", "-f", "1"}, {"sort"}, {"uniq", "-c"}, {"sort", "-rn"}},
      {{"cat", "lines"}, {"grep", "-c", "no such line"}},
      {{"cat", "no-such-file"}, {"wc", "-l"}},
      {{"yes", room.random_text()}, {"head", "-n", "3"}, {"tr", "a-z", "A-Z"}},
      {{"cat", "lines"}, {"no-" + room.random_text()}},
      {{"cat", "lines"}, shell("cat; kill -TERM $$")},
  };
  for (const std::vector<Words>& stages : same) {
    Words ours = {"pipeline"};
    std::string theirs, name;
    for (const Words& stage : stages) {
      if (!theirs.empty()) ours.push_back("|"), theirs += " |", name += " | ";
      for (const std::string& word : stage) ours.push_back(word), theirs += " '" + word + "'";
      name += stage[0].starts_with("no-") ? "missing" : stage[0];
    }
    const auto shell_run = room.start(shell(theirs), "sh -c '" + name + "'");
    const auto runner = room.start(ours, "pipeline " + name);
    runner.must_have_printed(shell_run.output());
    runner.must_exit(shell_run.status());
  }
}
