// The checks of lab 01-pipe, part 2: bytes through many commands, and the pipes between them.

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

#include "runner.hpp"

namespace {

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

}  // namespace

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

TEST_CASE("the end of the input reaches the last of many stages" * rule("S6") * todo(3) * points(1) *
          needs("the end of the input reaches the last stage")) {
  constexpr int kStages = 50;  // of whose pipes the ends have numbers up to 100
  RoomOptions options;
  options.limits.processes = 3 * kStages;  // a runner may have a thread for each
  Room room(options);
  auto runner = room.start(cats(kStages));
  const auto text = room.random_text();
  runner.types(text);
  runner.input_ends();
  runner.must_have_printed(text);
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
