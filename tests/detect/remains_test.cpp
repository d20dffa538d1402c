#include "detect/remains.hpp"

#include <doctest/doctest.h>

#include "model/cause.hpp"
#include "world.hpp"

using namespace ipclab;

TEST_CASE("what is left behind") {
  const Ledger before = {{LeftoverKind::posix_queue, "/old"}};
  const Leftover inbox{LeftoverKind::posix_queue, "/inbox"};
  CHECK(detect::left_behind(before, before, {}).empty());
  const auto findings = detect::left_behind(before, {inbox, before[0]}, {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].cause == cause::kLeftBehind);
  CHECK(findings[0].observed == "the POSIX message queue /inbox is still there");
  CHECK(findings[0].next == std::vector<std::string>{"mq_unlink(3)"});
  CHECK(detect::left_behind(before, {inbox, before[0]}, {"/inbox"}).empty());
  CHECK(detect::left_behind(before, {}, {}).empty());
  // A name that is the same, of another kind, is another thing.
  CHECK(detect::left_behind(before, {{LeftoverKind::shared_memory_object, "/old"}}, {}).size() == 1);
}

TEST_CASE("every kind of remains teaches how long it lives") {
  for (const LeftoverKind kind :
       {LeftoverKind::shared_memory_segment, LeftoverKind::semaphore_set, LeftoverKind::message_queue,
        LeftoverKind::shared_memory_object, LeftoverKind::posix_queue, LeftoverKind::fifo,
        LeftoverKind::socket_file, LeftoverKind::file, LeftoverKind::process}) {
    const auto findings = detect::left_behind({}, {{kind, "x"}}, {});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].cause == (kind == LeftoverKind::process ? cause::kOrphan : cause::kLeftBehind));
    CHECK(findings[0].observed == "the " + to_string(kind) + " x is still there");
    CHECK(findings[0].because.back() == '.');
    CHECK_FALSE(findings[0].next.at(0).empty());
  }
  CHECK(detect::left_behind({}, {{LeftoverKind::shared_memory_object, "sem /turn"}}, {})[0].observed ==
        "the named semaphore /turn is still there");
}

TEST_CASE("zombies") {
  World world;
  const int parent = world.process("parent"), child = world.process("child", parent);
  CHECK(detect::zombies(world.snapshot).empty());
  world.ends(child);
  const auto findings = detect::zombies(world.snapshot);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].cause == cause::kZombie);
  CHECK(findings[0].observed == "child has ended, and parent has not waited for it");
}

TEST_CASE("a zombie is nobody's fault once it has been waited for, or nobody could") {
  World world;
  const int parent = world.process("parent"), child = world.process("child", parent);
  world.ends(child, 0, false);
  CHECK(detect::zombies(world.snapshot).empty());
  world.ends(child);
  world.ends(parent);
  CHECK(detect::zombies(world.snapshot).empty());
  world.at_process(child).parent = 1;  // not of the tree
  CHECK(detect::zombies(world.snapshot).empty());
}

TEST_CASE("descriptors that a process was not meant to have") {
  World world;
  const int stage = world.process("cat"), a = world.pipe("pipe A"),
            log = world.object(ObjectKind::file, "log");
  world.reads(stage, 0, a);
  CHECK_FALSE(detect::leaked_descriptors(world.snapshot, stage, {0, 1, 2}));
  world.writes(stage, 3, a);
  world.has(stage, 5, log);
  const auto finding = detect::leaked_descriptors(world.snapshot, stage, {0, 1, 2});
  REQUIRE(finding);
  CHECK(finding->cause == cause::kDescriptorLeak);
  CHECK(finding->expected == "cat has descriptors 0, 1 and 2 open, and no other");
  CHECK(finding->observed == "cat has 3 and 5 open too");
  CHECK(finding->table == std::vector<Row>{{"fd 3", "write end of pipe A", ""}, {"fd 5", "log", ""}});
  CHECK_FALSE(detect::leaked_descriptors(world.snapshot, stage, {0, 3, 5}));
  CHECK_FALSE(detect::leaked_descriptors(world.snapshot, 4711, {}));
}
