#include "detect/verdict.hpp"

#include <doctest/doctest.h>

#include "model/cause.hpp"
#include "world.hpp"

using namespace ipclab;

namespace {

std::string first_line(const World& world) { return detect::verdict(world.snapshot).first_line(); }

struct CatReads : World {
  int in = pipe("standard input"), cat = process("cat");
  CatReads() {
    reads(cat, 0, in);
    blocks(cat, "read", in, Need::data, 0);
  }
};

}  // namespace

TEST_CASE("stuck") {
  CatReads world;
  world.writes(world.cat, 4, world.in);
  const auto verdict = detect::verdict(world.snapshot);
  CHECK(verdict.stuck());
  CHECK(verdict.cause == cause::kHoldsOwnWriteEnd);
  CHECK_FALSE(verdict.because.empty());
  CHECK_FALSE(verdict.graph.empty());
  CHECK(verdict.first_line() ==
        "STUCK: cat is blocked in read on standard input, whose write end it holds open itself");
  SUBCASE("only when proved") {
    world.snapshot.proved = false;
    CHECK_FALSE(detect::verdict(world.snapshot).stuck());
  }
  SUBCASE("a part only is told, but is no verdict") {
    world.does(world.process("top"), Activity::running);
    CHECK(first_line(world) == "RUNNING: top is running; nothing can wake cat any more");
  }
}

TEST_CASE("stuck in a lock cycle") {
  World world;
  const int alice = world.process("alice"), bob = world.process("bob");
  world.locks(alice, world.mutex("mutex B", bob));
  world.locks(bob, world.mutex("mutex A", alice));
  CHECK(first_line(world) ==
        "STUCK: alice is blocked in pthread_mutex_lock on mutex B and bob is blocked in pthread_mutex_lock "
        "on mutex A: "
        "each holds what another waits for");
}

TEST_CASE("waiting for input") {
  CatReads world;
  world.at(world.in).watcher_writes = world.at(world.in).outside_writes = true;
  CHECK(first_line(world) == "WAITING FOR INPUT: cat is blocked in read on standard input");
  SUBCASE("also when somebody else waits for it in turn") {
    world.waits_for(world.process("shell"), world.cat);
    CHECK(first_line(world).starts_with("WAITING FOR INPUT: cat is"));
  }
  SUBCASE("from a process outside, or from a terminal") {
    world.at(world.in).watcher_writes = false;
    CHECK(first_line(world).starts_with("WAITING FOR INPUT: "));
    world.at(world.in).outside_writes = false;
    world.at(world.in).kind = ObjectKind::terminal;
    CHECK(first_line(world).starts_with("WAITING FOR INPUT: "));
  }
  SUBCASE("never deadlock, though another part is stuck") {
    const int bob = world.process("bob");
    world.locks(bob, world.mutex("mutex", bob));
    CHECK(first_line(world) ==
          "WAITING FOR INPUT: cat is blocked in read on standard input; nothing can wake bob any more");
  }
}

TEST_CASE("a server in an open world waits for input, in a closed one it is stuck") {
  World world;
  const int listener = world.object(ObjectKind::tcp_socket, "TCP port 80"), server = world.process("server");
  world.at(listener).listening = true;
  world.has(server, 3, listener);
  world.blocks(server, "accept4", listener, Need::connection, 3);
  CHECK(first_line(world) ==
        "STUCK: server is blocked in accept on TCP port 80, and nobody is left to connect");
  world.snapshot.open_world = true;
  CHECK(first_line(world) == "WAITING FOR INPUT: server is blocked in accept on TCP port 80");
}

TEST_CASE("the liveliest state is the tree's") {
  World world;
  const int shell = world.process("shell"), child = world.process("child", shell);
  world.waits_for(shell, child);
  CHECK(first_line(world) == "RUNNING: child is running");
  world.does(child, Activity::spinning);
  CHECK(first_line(world) == "SPINNING: child is burning CPU (spinning)");
  world.does(child, Activity::polling, "sched_yield");
  CHECK(first_line(world) == "POLLING: child is waking again and again to look (polling in sched_yield)");
  world.does(child, Activity::sleeping, "clock_nanosleep");
  CHECK(first_line(world) == "SLEEPING: child is asleep for a time in clock_nanosleep");
  world.does(child, Activity::stopped);
  CHECK(first_line(world) == "SLEEPING: child is stopped by a signal");
  const int queue = world.object(ObjectKind::posix_queue, "/inbox");
  world.blocks(child, "mq_timedreceive", queue, Need::message, 3).time_out_seconds = 9;
  CHECK(first_line(world) ==
        "SLEEPING: child is blocked in mq_receive on /inbox with a time-out, which ends by itself");
  world.does(child, Activity::running);
  world.does(world.process("second", shell), Activity::running);
  CHECK(first_line(world) == "RUNNING: child and second are running");
}

TEST_CASE("what cannot be seen is neither stuck nor input") {
  World world;
  world.does(world.process("program"), Activity::blocked, "ioctl");
  world.snapshot.unseen = "no permission to look into sshd";
  CHECK(first_line(world) ==
        "SLEEPING: program is blocked in ioctl, and who could end that cannot be seen (no permission to look "
        "into "
        "sshd)");
}

TEST_CASE("ended") {
  World world;
  CHECK(first_line(world) == "ENDED 0: no process is left");
  const int program = world.process("program");
  world.ends(program, 3);
  CHECK(first_line(world) == "ENDED 3: program ended with exit status 3");
  world.at_process(program).activity = Activity::killed;
  world.at_process(program).signal = 9;
  CHECK(first_line(world) == "ENDED 137: program was ended by SIGKILL");
}
