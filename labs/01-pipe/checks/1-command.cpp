// The checks of lab 01-pipe, part 1: one command.

#include <signal.h>

#include <string>

#include "runner.hpp"

TEST_CASE("a command reads the runner's input and writes the runner's output" * rule("S1") * todo(1) *
          points(1)) {
  Room room;
  auto runner = room.start(cats(1));
  const auto data = room.random_bytes(4096);
  runner.types(data);
  runner.input_ends();
  runner.must_have_printed(data);
  runner.must_exit(0);
}

TEST_CASE("the exit status is that of the command" * rule("S2") * todo(2) * points(1)) {
  Room room;
  const int status = room.random(1, 95);
  room.start(pipeline(shell("exit " + std::to_string(status)))).must_exit(status);
}

TEST_CASE("a command that signal N ends gives 128 + N" * rule("S2") * todo(2) * points(1)) {
  Room room;
  const int signals[] = {SIGHUP, SIGKILL, SIGUSR1, SIGTERM};
  const int signal = signals[room.random(0, 3)];
  room.start(pipeline(shell("kill -" + std::to_string(signal) + " $$"))).must_exit(128 + signal);
}

TEST_CASE("a command that cannot be executed gives 127 and is named" * rule("S3") * todo(1) * points(2)) {
  Room room;
  const auto file = room.random_text();
  room.write_file(file, "#!/bin/sh\n");  // readable, not executable: EACCES, for root as well
  room.keeps(file);
  for (const auto& name : {"no-" + room.random_text(), "./" + file}) {
    auto runner = room.start(pipeline(Words{name}), "pipeline " + name);
    runner.must_have_printed("");
    runner.must_exit(127);
    must_complain(runner, name);
  }
}
