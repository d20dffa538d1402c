// Hangs on locks, each with its twin: the nearest innocent world.
#include <doctest/doctest.h>

#include "detect/stuck.hpp"
#include "model/cause.hpp"
#include "world.hpp"

using namespace ipclab;

TEST_CASE("a mutex that the waiter holds itself") {
  World world;
  const int bank = world.process("bank"), mutex = world.mutex("mutex", bank);
  world.locks(bank, mutex);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kSelfLock);
  CHECK(finding->table[0] ==
        Row{"bank", "waits for a lock, which it holds itself", "pthread_mutex_lock, mutex"});
  CHECK(finding->table[1] == Row{"mutex", "held by bank", ""});
  SUBCASE("twin: with a time-out") {
    world.at_thread(bank).wait.time_out_seconds = 1;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: the owner is another thread, which runs") {
    world.at(mutex).owner = world.add_thread(bank);
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("a cycle of two locks") {
  World world;
  const int alice = world.process("alice"), bob = world.process("bob");
  world.locks(alice, world.mutex("mutex B", bob));
  world.locks(bob, world.mutex("mutex A", alice));
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kLockCycle);
  CHECK(finding->because ==
        "alice waits for mutex B, which bob holds; bob waits for mutex A, which alice holds. None lets go of "
        "what it "
        "has before it has got what it waits for.");
  CHECK(finding->observed == "alice and bob are still running, and nothing can wake them");

  SUBCASE("a parent that waits for them is not the fault") {
    world.waits_for(world.process("parent"), alice);
    CHECK(cause_of(world) == cause::kLockCycle);
  }
  SUBCASE("twin: one of them gives up after a time") {
    world.at_thread(bob).wait.time_out_seconds = 0.1;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: one of them still works") {
    world.does(bob, Activity::running);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: the owner is in no process that we see") {
    world.at(0).owner = 4711;
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("a cycle of three, told in the order of the cycle") {
  World world;
  const int a = world.process("a"), b = world.process("b"), c = world.process("c");
  world.locks(a, world.mutex("lock 1", c));
  world.locks(c, world.mutex("lock 2", b));
  world.locks(b, world.mutex("lock 3", a));
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kLockCycle);
  CHECK(
      finding->because.starts_with("a waits for lock 1, which c holds; c waits for lock 2, which b holds; b "
                                   "waits for lock 3, which a holds."));
  world.does(b, Activity::sleeping, "clock_nanosleep");
  CHECK(cause_of(world) == "");
}

TEST_CASE("a cycle among threads of one process, while another thread lives on") {
  World world;
  const int bank = world.process("bank"), second = world.add_thread(bank), third = world.add_thread(bank);
  world.locks(bank, world.mutex("mutex A", second));
  world.locks(second, world.mutex("mutex B", bank));
  CHECK(cause_of(world) == "");
  CHECK(detect::stuck_threads(world.snapshot) == std::vector<int>{bank, second});
  const int join = world.object(ObjectKind::thread, "a thread");
  world.at(join).owner = second;
  world.blocks(third, "futex", join, Need::exit);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kLockCycle);
  CHECK(finding->table[0] ==
        Row{"bank, thread 1", "waits for bank, thread 2 to unlock it", "pthread_mutex_lock, mutex A"});
}

TEST_CASE("a part of the tree in a deadlock") {
  World world;
  const int alice = world.process("alice"), bob = world.process("bob");
  world.process("logger");
  world.locks(alice, world.mutex("mutex B", bob));
  world.locks(bob, world.mutex("mutex A", alice));
  CHECK(cause_of(world) == "");
  CHECK(cause_of(world, false) == cause::kLockCycle);
  world.does(bob, Activity::running);
  CHECK(cause_of(world, false) == "");
}

TEST_CASE("a lock whose owner has ended") {
  World world;
  const int alice = world.process("alice"), mutex = world.mutex("mutex at queue+0x40", 4711);
  world.at(mutex).owner_dead = true;
  world.locks(alice, mutex);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kDeadOwner);
  CHECK(finding->table[1] == Row{"mutex at queue+0x40", "held by somebody who has ended", ""});
  CHECK(finding->next == std::vector<std::string>{"pthread_mutexattr_setrobust(3)"});
  SUBCASE("twin: a robust lock tells the next") {
    world.at(mutex).robust = true;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: the memory is shared with processes that we do not see") {
    world.maps(mutex, {alice});
    CHECK(cause_of(world) == cause::kDeadOwner);
    world.snapshot.open_world = true;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("others who wait for the same lock, and for a semaphore, are consequences") {
    const int bob = world.process("bob");
    world.blocks(bob, "futex", world.object(ObjectKind::semaphore, "sem /turn"), Need::post);
    CHECK(cause_of(world) == cause::kDeadOwner);
  }
}

TEST_CASE("the lock's owner waits for something else") {
  World world;
  const int alice = world.process("alice"), bob = world.process("bob"), in = world.pipe("standard input");
  world.at(in).watcher_writes = world.at(in).outside_writes = true;
  world.locks(alice, world.mutex("mutex", bob));
  world.blocks(bob, "read", in, Need::data, 0);
  CHECK(cause_of(world) == "");  // bob waits for input: somebody may give it
  CHECK(detect::stuck_threads(world.snapshot).empty());
  world.snapshot.watcher_waits = true;
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kLockHeld);
  CHECK(finding->observed == "alice is still running, and nothing but more input could wake it");
  CHECK(finding->because ==
        "Only bob can unlock mutex, and does not get there: bob waits for input. More input comes only after "
        "what is expected here.");
}

TEST_CASE("file locks") {
  World world;
  const int lock = world.object(ObjectKind::file_lock, "lock on file ring.dat [0, 15]");
  const int one = world.process("one"), two = world.process("two");
  world.at(lock).owner = two;
  world.blocks(one, "fcntl", lock, Need::unlock, 3);
  SUBCASE("held by one that waits for its child") {
    world.waits_for(two, one);
    const auto finding = detect::stuck(world.snapshot);
    REQUIRE(finding);
    CHECK(finding->cause == cause::kLockHeld);
    CHECK(finding->because ==
          "Only two can unlock the lock on file ring.dat [0, 15], and does not get there: two waits for one "
          "to exit.");
  }
  SUBCASE("crossed") {
    const int other = world.object(ObjectKind::file_lock, "lock on file ring.dat [16, 31]");
    world.at(other).owner = one;
    world.blocks(two, "flock", other, Need::unlock, 3);
    CHECK(cause_of(world) == cause::kLockCycle);
    world.add_thread(two);  // a thread of the owner's process may unlock it
    CHECK(cause_of(world) == "");
  }
  SUBCASE("held by itself through another open file") {
    world.at(lock).owner = one;
    world.waits_for(two, one);
    CHECK(cause_of(world) == cause::kSelfLock);
    world.at_thread(one).wait.time_out_seconds = 1;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: the owner is outside") {
    world.at(lock).outside_writes = true;
    world.at(lock).owner.reset();
    world.waits_for(two, one);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("an owner that has ended leaves the lock with those who inherited the open file") {
    world.ends(two);
    CHECK(cause_of(world) != "");
    world.process("heir");
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("a readers-writer lock that a reader keeps") {
  World world;
  const int writer = world.process("writer"), reader = world.process("reader");
  const int lock = world.object(ObjectKind::rwlock, "rwlock at board+0x0");
  world.maps(lock, {writer, reader});
  world.blocks(writer, "futex", lock, Need::unlock).function = "pthread_rwlock_wrlock";
  world.waits_for(reader, writer);
  CHECK(cause_of(world) == cause::kLockHeld);
  world.does(reader, Activity::running);
  CHECK(cause_of(world) == "");
}

TEST_CASE("the cause is looked for where the subject's waits lead") {
  World world;
  const int alice = world.process("alice"), bob = world.process("bob");
  world.locks(alice, world.mutex("mutex", alice));
  world.blocks(bob, "futex", world.object(ObjectKind::semaphore, "semaphore"), Need::post);
  CHECK(cause_of(world) == cause::kSelfLock);
  CHECK(cause_of(world, true, bob) == cause::kNoPost);
  CHECK(cause_of(world, true, alice) == cause::kSelfLock);
}

TEST_CASE("waits of mixed kinds that could only end each other") {
  World world;
  const int alice = world.process("alice"), bob = world.process("bob");
  const int inbox = world.object(ObjectKind::posix_queue, "/inbox"),
            turn = world.object(ObjectKind::semaphore, "sem /turn");
  world.blocks(alice, "mq_timedreceive", inbox, Need::message, 3);
  world.blocks(bob, "futex", turn, Need::post);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kStuck);
  CHECK(finding->because ==
        "Each of them waits for something that only another of them could do: alice waits for a message, and "
        "bob waits "
        "for a post.");
}

TEST_CASE("a crowd is told in a few lines, and in no time") {
  World world;
  const int program = world.process("program"), condition = world.object(ObjectKind::condition, "condition");
  for (int i = 0; i < 400; ++i) world.blocks(world.add_thread(program), "futex", condition, Need::signal);
  const int join = world.object(ObjectKind::thread, "a thread");
  world.at(join).owner = program + 1;
  world.blocks(program, "futex", join, Need::exit);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kLostWakeUp);
  REQUIRE(finding->table.size() == 5);
  CHECK(finding->table[4].who == "and 397 more");
  CHECK(finding->because.size() < 400);
}
