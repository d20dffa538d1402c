// Hangs on POSIX and System V queues, each with its twin.
#include <doctest/doctest.h>

#include "detect/stuck.hpp"
#include "model/cause.hpp"
#include "world.hpp"

using namespace ipclab;

TEST_CASE("queues without a sender or a receiver") {
  for (const ObjectKind kind : {ObjectKind::posix_queue, ObjectKind::sysv_queue}) {
    CAPTURE(to_string(kind));
    World world;
    const int inbox = world.object(kind, "/inbox"), alice = world.process("alice"),
              bob = world.process("bob");
    const bool posix = kind == ObjectKind::posix_queue;
    world.blocks(alice, posix ? "mq_timedreceive" : "msgrcv", inbox, Need::message, posix ? 3 : -1);
    world.waits_for(bob, alice);
    auto finding = detect::stuck(world.snapshot);
    REQUIRE(finding);
    CHECK(finding->cause == cause::kNoSender);
    CHECK(finding->because == std::string(posix ? "mq_receive" : "msgrcv") +
                                  "() on an empty queue returns only when somebody sends a message. Whoever "
                                  "could send one waits as "
                                  "well: bob waits for alice to exit.");

    world.blocks(alice, posix ? "mq_timedsend" : "msgsnd", inbox, Need::room, posix ? 3 : -1);
    world.at(inbox).filled = world.at(inbox).capacity = 10;
    finding = detect::stuck(world.snapshot);
    REQUIRE(finding);
    CHECK(finding->cause == cause::kNoReceiver);
    CHECK(finding->table.back() == Row{"/inbox", "full (10 of 10)", ""});

    SUBCASE("twin: bob runs") { world.does(bob, Activity::running); }
    SUBCASE("twin: the queue's name is known outside") { world.snapshot.open_world = true; }
    SUBCASE("twin: somebody outside has it open") {
      world.at(inbox).outside_reads = world.at(inbox).outside_writes = true;
    }
    SUBCASE("twin: bob's wait has a time-out") { world.at_thread(bob).wait.time_out_seconds = 1; }
    if (!world.snapshot.open_world && !world.at(inbox).outside_reads &&
        !world.at_thread(bob).wait.time_out_seconds && world.at_thread(bob).activity == Activity::blocked)
      continue;
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("a System V queue that holds messages of other types is not called empty") {
  World world;
  const int queue = world.object(ObjectKind::sysv_queue, "System V queue 1"), alice = world.process("alice");
  world.blocks(alice, "msgrcv", queue, Need::message);
  Target& target = world.at_thread(alice).wait.any_of.front();
  const auto told = [&](std::int64_t type, bool except) {
    target.type = type;
    target.except_type = except;
    const auto finding = detect::stuck(world.snapshot);
    REQUIRE(finding);
    CHECK(finding->table.back() == Row{"System V queue 1", "holds no message that is waited for", ""});
    return finding->table.front().what + "; " + finding->because;
  };
  const std::string nobody = ". Nobody else is there to send one.";
  CHECK(told(7, false) ==
        "waits for a message of type 7; msgrcv() returns only when somebody sends a message of type 7" +
            nobody);
  CHECK(
      told(-3, false) ==
      "waits for a message of type 3 or less; msgrcv() returns only when somebody sends a message of type 3 "
      "or less" +
          nobody);
  CHECK(told(7, true) ==
        "waits for a message of another type than 7; msgrcv() returns only when somebody sends a message of "
        "another type than 7" +
            nobody);
}
