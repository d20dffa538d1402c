// Hangs on semaphores, conditions, futexes, children and signals, each with its twin.
#include <doctest/doctest.h>

#include "detect/stuck.hpp"
#include "model/cause.hpp"
#include "world.hpp"

using namespace ipclab;

TEST_CASE("semaphores") {
  World world;
  const int alice = world.process("alice"), bob = world.process("bob");
  SUBCASE("in shared memory") {
    const int slots = world.object(ObjectKind::semaphore, "semaphore at pool+0x0");
    world.at(slots).filled = 0;
    world.maps(slots, {alice, bob});
    world.blocks(alice, "futex", slots, Need::post);
    world.waits_for(bob, alice);
    const auto finding = detect::stuck(world.snapshot);
    REQUIRE(finding);
    CHECK(finding->cause == cause::kNoPost);
    CHECK(finding->because ==
          "sem_wait() goes on only when the value is above 0, and only a post raises it. Whoever could post "
          "waits as "
          "well: bob waits for alice to exit.");
    CHECK(finding->table.back() == Row{"semaphore at pool+0x0", "its value is 0; shared by: alice, bob", ""});
    world.does(bob, Activity::running);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("in memory that the living one has not mapped") {
    const int slots = world.object(ObjectKind::semaphore, "semaphore at pool+0x0");
    world.maps(slots, {alice});
    world.blocks(alice, "futex", slots, Need::post);
    CHECK(cause_of(world, false) == cause::kNoPost);
    world.maps(slots, {alice, bob});
    CHECK(cause_of(world, false) == "");
  }
  SUBCASE("named: any process of the tree can open it") {
    const int turn = world.object(ObjectKind::semaphore, "sem /turn");
    world.blocks(alice, "futex", turn, Need::post);
    CHECK(cause_of(world, false) == "");
    world.blocks(bob, "futex", turn, Need::post);
    CHECK(cause_of(world) == cause::kNoPost);
    world.snapshot.open_world = true;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("System V") {
    const int set = world.object(ObjectKind::sysv_semaphore, "semaphore 0 of set 1");
    world.blocks(alice, "semop", set, Need::post);
    world.waits_for(bob, alice);
    CHECK(cause_of(world) == cause::kNoPost);
    world.at_thread(alice).wait.time_out_seconds = 3;
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("a condition that nobody will signal") {
  World world;
  const int consumer = world.process("consumer"), producer = world.process("producer");
  const int condition = world.object(ObjectKind::condition, "condition at queue+0x80");
  world.maps(condition, {consumer, producer});
  world.blocks(consumer, "futex", condition, Need::signal);
  SUBCASE("among processes: the other waits for it to end") {
    world.waits_for(producer, consumer);
    const auto finding = detect::stuck(world.snapshot);
    REQUIRE(finding);
    CHECK(finding->cause == cause::kLostWakeUp);
    CHECK(finding->because ==
          "pthread_cond_wait() returns only when somebody signals the condition after the wait has begun; a "
          "signal sent before is not kept. Whoever could signal it waits as well: producer waits for "
          "consumer to exit.");
  }
  SUBCASE("among processes: the other waits for input that does not come") {
    const int in = world.pipe("standard input");
    world.at(in).watcher_writes = world.at(in).outside_writes = true;
    world.blocks(producer, "read", in, Need::data, 0);
    CHECK(cause_of(world) == "");
    world.snapshot.watcher_waits = true;
    CHECK(cause_of(world) == cause::kLostWakeUp);
  }
  SUBCASE("twin: one that shares it is alive") { CHECK(cause_of(world) == ""); }
  SUBCASE("twin: somebody outside may have mapped it") {
    world.waits_for(producer, consumer);
    world.snapshot.open_world = true;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: a thread of its own is alive") {
    world.waits_for(producer, consumer);
    world.add_thread(consumer);
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("a wait in shared memory that is for its own process only") {
  World world;
  const int consumer = world.process("consumer"), producer = world.process("producer");
  const int condition = world.object(ObjectKind::condition, "condition at queue+0x80");
  world.maps(condition, {consumer, producer});
  world.blocks(consumer, "futex", condition, Need::signal).any_of[0].within_process = true;
  SUBCASE("whatever the other does") {
    const auto finding = detect::stuck(world.snapshot, false);
    REQUIRE(finding);
    CHECK(finding->cause == cause::kPrivateWait);
    CHECK(finding->because ==
          "consumer shares condition at queue+0x80 with producer, but this wait is for its own process only "
          "(futex(2), "
          "FUTEX_PRIVATE_FLAG; locks, conditions, semaphores and barriers wait so unless they are made "
          "process-shared). "
          "consumer can be woken by a thread of its own process, and it has no other. Whatever producer does "
          "there does "
          "not reach it.");
  }
  SUBCASE("no input to the other can help") {
    const int in = world.pipe("standard input");
    world.at(in).watcher_writes = world.at(in).outside_writes = true;
    world.blocks(producer, "read", in, Need::data, 0);
    world.snapshot.watcher_waits = true;
    const auto finding = detect::stuck(world.snapshot);
    REQUIRE(finding);
    CHECK(finding->observed == "consumer is still running, and nothing can wake it");
    world.at_thread(consumer).wait.any_of[0].within_process = false;
    CHECK(detect::stuck(world.snapshot)->observed ==
          "consumer is still running, and nothing but more input could wake it");
  }
  SUBCASE("also when somebody outside may have mapped it") {
    world.snapshot.open_world = true;
    CHECK(cause_of(world, false) == cause::kPrivateWait);
  }
  SUBCASE("nobody shares it: then it is a condition like others") {
    world.at(condition).mapped_by = {consumer};
    CHECK(cause_of(world, false) == cause::kLostWakeUp);
  }
  SUBCASE("a lock that another process holds: its unlock wakes nobody here") {
    const int lock = world.mutex("mutex at queue+0x0", producer);
    world.maps(lock, {consumer, producer});
    world.blocks(consumer, "futex", lock, Need::unlock).any_of[0].within_process = true;
    CHECK(cause_of(world, false) == cause::kPrivateWait);
  }
  SUBCASE("a lock that it holds itself is its own fault") {
    const int lock = world.mutex("mutex at queue+0x0", consumer);
    world.maps(lock, {consumer, producer});
    world.blocks(consumer, "futex", lock, Need::unlock).any_of[0].within_process = true;
    CHECK(cause_of(world, false) == cause::kSelfLock);
  }
  SUBCASE("twin: a thread of its own is alive") {
    world.add_thread(consumer);
    CHECK(cause_of(world, false) == "");
  }
  SUBCASE("twin: the wait is for everybody, and the other is alive") {
    world.at_thread(consumer).wait.any_of[0].within_process = false;
    CHECK(cause_of(world, false) == "");
  }
  SUBCASE("twin: it ends by itself") {
    world.at_thread(consumer).wait.time_out_seconds = 1;
    CHECK(cause_of(world, false) == "");
  }
}

TEST_CASE("a condition among the threads of one process") {
  World world;
  const int program = world.process("program"), second = world.add_thread(program);
  const int condition = world.object(ObjectKind::condition, "condition");
  world.maps(condition, {program});
  world.at(condition).shared = false;
  world.blocks(second, "futex", condition, Need::signal);
  const int join = world.object(ObjectKind::thread, "a thread");
  world.at(join).owner = second;
  world.blocks(program, "futex", join, Need::exit);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kLostWakeUp);
  CHECK(finding->because.find("its thread 1 waits for a thread to end") != std::string::npos);
  world.does(program, Activity::sleeping, "clock_nanosleep");
  CHECK(cause_of(world) == "");
  // A private condition is nothing to the other processes.
  world.blocks(program, "futex", join, Need::exit);
  world.process("stranger");
  CHECK(cause_of(world, false) == cause::kLostWakeUp);
}

TEST_CASE("barriers and bare futexes") {
  World world;
  const int one = world.process("one"), two = world.process("two"),
            barrier = world.object(ObjectKind::barrier, "barrier");
  world.maps(barrier, {one, two});
  world.blocks(one, "futex", barrier, Need::wake);
  world.waits_for(two, one);
  auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kLostWakeUp);
  CHECK(finding->next == std::vector<std::string>{"pthread_barrier_wait(3)"});
  world.at(barrier).kind = ObjectKind::futex;
  CHECK(cause_of(world) == cause::kLostWakeUp);
  world.does(two, Activity::running);
  CHECK(cause_of(world) == "");
}

TEST_CASE("waiting for a child that waits for input") {
  World world;
  const int runner = world.process("pipeline"), cat = world.process("cat", runner),
            in = world.pipe("standard input");
  world.at(in).watcher_writes = world.at(in).outside_writes = true;
  world.reads(cat, 0, in);
  world.blocks(cat, "read", in, Need::data, 0);
  world.waits_for(runner, cat);
  CHECK(cause_of(world) == "");
  world.snapshot.watcher_waits = true;
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kChildStuck);
  CHECK(finding->because ==
        "waitpid() returns only when cat has ended, and cat waits for input. More input comes only after "
        "what is expected here.");

  SUBCASE("stages behind it wait along") {
    const int a = world.pipe("pipe A"), last = world.process("wc", runner);
    world.writes(cat, 1, a);
    world.reads(last, 0, a);
    world.blocks(last, "read", a, Need::data, 0);
    CHECK(cause_of(world) == cause::kChildStuck);
  }
  SUBCASE("twin: the child has ended, so waitpid returns") {
    world.ends(cat);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: nothing but a wait for input is no fault that can be named") {
    world.ends(cat, 0, false);
    world.reads(runner, 0, in);
    world.blocks(runner, "read", in, Need::data, 0);
    CHECK(cause_of(world) == "");
    CHECK(detect::stuck_threads(world.snapshot) == std::vector<int>{runner});
  }
}

TEST_CASE("waiting for any child") {
  World world;
  const int parent = world.process("parent"), one = world.process("one", parent),
            two = world.process("two", parent);
  const int any = world.object(ObjectKind::child, "any child");
  world.blocks(parent, "wait4", any, Need::exit);
  world.locks(one, world.mutex("mutex A", two));
  world.locks(two, world.mutex("mutex B", one));
  CHECK(cause_of(world) == cause::kLockCycle);
  SUBCASE("twin: one of them has ended") {
    world.ends(two);
    CHECK(detect::stuck_threads(world.snapshot).empty());
  }
  SUBCASE("twin: one of them lives") {
    world.does(two, Activity::running);
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("a signal that nobody sends") {
  World world;
  const int waiter = world.process("waiter"), signal = world.object(ObjectKind::signal, "a signal");
  world.blocks(waiter, "rt_sigsuspend", signal, Need::signal);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kNoSignal);
  CHECK(finding->because ==
        "sigsuspend() returns only when a signal comes. No timer is set. Nobody else is there to send one.");
  SUBCASE("twin: alarm() may have been called") {
    world.at_process(waiter).timer_armed = true;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: another process of the tree may send it") {
    world.process("sender");
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: so may any process of an open world") {
    world.snapshot.open_world = true;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("its parent waits for it") {
    world.waits_for(world.process("parent"), waiter);
    CHECK(cause_of(world) == cause::kNoSignal);
  }
}

TEST_CASE("SIGCHLD may end a wait as long as the child lives") {
  World world;
  const int a = world.pipe("pipe A"), parent = world.process("parent"),
            child = world.process("child", parent);
  world.reads(parent, 3, a);
  world.writes(parent, 4, a);
  world.blocks(parent, "read", a, Need::data, 3);
  CHECK(detect::stuck_threads(world.snapshot) == std::vector<int>{parent});
  world.at_process(parent).signal_may_end_wait = true;
  CHECK(detect::stuck_threads(world.snapshot).empty());
  world.locks(child, world.mutex("mutex", child));
  CHECK(detect::stuck_threads(world.snapshot) == std::vector<int>{parent, child});
}
