// The checks of lab 01-pipe. The runner is judged by its stages, which are programs of the machine: cat
// copies what it reads, so a chain of them shows what the pipes do; sh ends in every way that is asked for.

#include "check/check.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>
#include <string>
#include <vector>

using namespace ipclab;
using namespace ipclab::check;

namespace {

using Words = std::vector<std::string>;

const Words kBar = {"|"};

/// pipeline(first, kBar, second, …): the command line of the runner.
template <typename... Parts>
Words pipeline(const Parts&... parts) {
  Words line = {"pipeline"};
  (line.insert(line.end(), parts.begin(), parts.end()), ...);
  return line;
}

Words shell(const std::string& script) { return {"sh", "-c", script}; }
const Words kCat = {"cat"};
const Words kCount = {"@count"};

Words cats(int stages) {
  Words line = pipeline(kCat);
  for (int i = 1; i < stages; ++i) line.insert(line.end(), {"|", "cat"});
  return line;
}

/// Only the runner and its built-in stage; what the programs of the machine make of faults is not the
/// learner's work.
Fault in_runner(Fault fault) {
  fault.program = "pipeline";
  return fault;
}

/// The stages that execute cat, all of them started.
std::vector<check::Process> all_cats(const Program& runner, int number) {
  std::vector<check::Process> cats;
  for (int which = number; which > 0; --which) cats.push_back(runner.child("cat", which));
  return cats;
}

void must_complain(const Program& runner, const std::string& about) {
  const std::string said = runner.error_output();
  if (said.find(about) != std::string::npos) return;
  fails(
      cause::kWrongOutput,
      about == "\n" ? "a line on standard error" : "a line on standard error that contains \"" + about + "\"",
      said.empty() ? "standard error is empty" : "standard error says: " + said);
}

/// The pipes that a process has open at this descriptor; at any, when none is named.
std::set<std::string> pipes_of(const Snapshot& snapshot, const check::Process& process, int fd = -1) {
  std::set<std::string> pipes;
  const ipclab::Process* seen = snapshot.find(process.pid());
  for (const Descriptor& descriptor : seen ? seen->descriptors : std::vector<Descriptor>()) {
    if (descriptor.object < 0 || (fd >= 0 && descriptor.fd != fd)) continue;
    const Object& object = snapshot.objects[static_cast<std::size_t>(descriptor.object)];
    if (object.kind == ObjectKind::pipe) pipes.insert(object.identity);
  }
  return pipes;
}

std::set<std::string> both(const std::set<std::string>& some, const std::set<std::string>& others) {
  std::set<std::string> common;
  std::ranges::set_intersection(some, others, std::inserter(common, common.end()));
  return common;
}

void must_have_only_standard_streams(const check::Process& stage) {
  std::string surplus;
  for (const Descriptor& descriptor : stage.descriptors()) {
    if (descriptor.fd <= STDERR_FILENO) continue;
    surplus += fmt::format("{}{}", surplus.empty() ? "" : ", ", descriptor.fd);
  }
  if (surplus.empty()) return;
  fails(cause::kDescriptorLeak, "every stage has descriptors 0, 1 and 2 open, and no other",
        fmt::format("{} has also {} open", stage.name(), surplus),
        "fork() copies every open descriptor into the child, and exec keeps all that are not marked "
        "close-on-exec.");
}

}  // namespace

// One command.

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
  const auto name = "no-" + room.random_text();
  auto runner = room.start(pipeline(Words{name}));
  runner.must_have_printed("");
  runner.must_exit(127);
  must_complain(runner, name);
}

// Many commands.

TEST_CASE("bytes come through one to eight stages, all and in order" * rule("S4") * todo(3) * points(3)) {
  Room room;
  for (int stages = 1; stages <= 8; ++stages) {
    // Each stage puts a letter of its own behind every line: abc says that it went through three, in this
    // order.
    const int lines = room.random(1, 2000);
    Words line = {"pipeline"};
    std::string letters, typed, wanted;
    for (int stage = 0; stage < stages; ++stage) {
      letters += static_cast<char>('a' + stage);
      if (stage > 0) line.push_back("|");
      line.insert(line.end(), {"sed", fmt::format("s/$/{}/", letters.back())});
    }
    for (int i = 0; i < lines; ++i) {
      const auto text = room.random_text(40);
      typed += text + "\n";
      wanted += text + letters + "\n";
    }
    auto runner = room.start(line, fmt::format("pipeline of {}", stages));
    runner.types(typed);
    runner.input_ends();
    runner.must_have_printed(wanted);
    runner.must_exit(0);
  }
}

TEST_CASE("one MiB comes through, sixteen times what a pipe holds" * rule("S4") * todo(3) * points(2)) {
  Room room;
  auto runner = room.start(cats(3));
  const auto data = room.random_bytes(1u << 20);
  runner.types(data);
  runner.input_ends();
  runner.must_have_printed(data);
  runner.must_exit(0);
}

TEST_CASE("a stage whose pipe is empty sleeps until bytes come" * rule("S4") * todo(3) * points(2)) {
  Room room;
  auto runner = room.start(cats(3));
  for (int round = 0; round < 2; ++round) {
    for (const auto& cat : all_cats(runner, 3)) cat.must_block_in("read", on("pipe"));
    const auto text = room.random_text() + "\n";
    runner.types(text);
    runner.must_print(text);
  }
  runner.input_ends();
  runner.must_exit(0);
}

TEST_CASE("a stage whose pipe is full sleeps until somebody reads" * rule("S4") * todo(3) * points(2)) {
  Room room;
  auto runner = room.start(cats(3));
  runner.output_is_not_read();
  const auto data = room.random_bytes(4u << 20);  // more than three pipes hold, also of the largest size
  runner.types(data);
  for (const auto& cat : all_cats(runner, 3)) cat.must_block_in("write", on("pipe"));
  runner.output_is_read();
  runner.input_ends();
  runner.must_have_printed(data);
  runner.must_exit(0);
}

TEST_CASE("a pipe leads from each stage to the next, and the runner holds none" * rule("S4") * todo(3) *
          points(2) * needs("bytes come through one to eight stages, all and in order")) {
  Room room;
  auto runner = room.start(cats(4));
  const auto stages = all_cats(runner, 4);
  room.settles();

  const Snapshot snapshot = runner.look();
  std::set<std::string> read, written;
  for (const check::Process& stage : stages) {
    read.merge(pipes_of(snapshot, stage, STDIN_FILENO));
    written.merge(pipes_of(snapshot, stage, STDOUT_FILENO));
  }
  const auto between = both(read, written);
  if (between.size() != 3)
    fails(cause::kMechanismNotUsed, "4 stages have 3 pipes between them",
          fmt::format("there are {}", between.size()));
  if (const auto held = both(between, pipes_of(snapshot, runner)); !held.empty())
    fails(cause::kDescriptorLeak, "the runner, while it waits, holds no end of a pipe between stages",
          fmt::format("it holds ends of {} of the 3 pipes", held.size()));
  runner.input_ends();
  runner.must_exit(0);
}

TEST_CASE("the end of the input reaches the last stage" * rule("S6") * todo(3) * points(2)) {
  Room room;
  auto runner = room.start(pipeline(kCat, kBar, kCat, kBar, Words{"wc", "-c"}));
  const auto text = room.random_text(static_cast<std::size_t>(room.random(1, 200)));
  runner.types(text);
  runner.child("wc").must_block_in("read", on("pipe"));
  runner.input_ends();
  runner.must_have_printed(fmt::format("{}\n", text.size()));
  runner.must_exit(0);
}

TEST_CASE("a stage whose reader has left is ended" * rule("S6") * todo(3) * points(2)) {
  Room room;
  const auto text = room.random_text();
  auto runner = room.start(pipeline(Words{"yes", text}, kBar, kCat, kBar, Words{"head", "-n", "1"}));
  runner.must_have_printed(text + "\n");
  runner.must_exit(0);
}

TEST_CASE("every stage has descriptors 0, 1 and 2 open, and no other" * rule("S6") * todo(3) * points(2)) {
  Room room;
  auto runner = room.start(cats(4));
  for (const auto& cat : all_cats(runner, 4)) {
    cat.must_block_in("read", on("pipe"));
    must_have_only_standard_streams(cat);
  }
  runner.input_ends();
  runner.must_exit(0);
}

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

// The built-in stage.

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

// When the system does not do as it is asked.

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
