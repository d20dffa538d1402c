// Hangs on pipes and FIFOs, each with its twin: the nearest innocent world.
#include <doctest/doctest.h>

#include "detect/stuck.hpp"
#include "model/cause.hpp"
#include "world.hpp"

using namespace ipclab;

namespace {

/// The design's example: the child keeps the write end of the pipe that it reads.
struct OwnEnd : World {
  int a = pipe("pipe A"), parent = process("upcase"), child = process("child", parent);
  OwnEnd() {
    at_process(child).program = "upcase";
    reads(child, 3, a);
    writes(child, 4, a);
    blocks(child, "read", a, Need::data, 3);
    waits_for(parent, child);
  }
};

}  // namespace

TEST_CASE("a reader that holds the write end itself") {
  OwnEnd world;
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kHoldsOwnWriteEnd);
  CHECK(finding->observed == "upcase is still running, and nothing can wake it");
  CHECK(finding->because ==
        "read() returns 0 only when no process holds the write end any more. "
        "The only holder left is child itself, so its own read() can never return.");
  const std::vector<Row> table = {{"upcase", "waits for child to exit", "waitpid"},
                                  {"child", "waits for input", "read(3), pipe A"},
                                  {"pipe A", "empty; its write end is open in: child (fd 4)", ""}};
  CHECK(finding->table == table);
  CHECK(finding->next == std::vector<std::string>{"pipe(7), \"I/O on pipes and FIFOs\""});
  CHECK(finding->expected.empty());

  SUBCASE("twin: nobody holds it, so read is about to return 0") {
    world.at_process(world.child).descriptors.pop_back();
    CHECK(cause_of(world) == "");
    CHECK(detect::stuck_threads(world.snapshot).empty());
  }
  SUBCASE("twin: a live process holds it too") {
    world.writes(world.process("other"), 7, world.a);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: a live thread of its own may write") {
    world.add_thread(world.child);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("another thread of its own that waits as well cannot") {
    const int second = world.add_thread(world.child);
    const int join = world.object(ObjectKind::thread, "a thread");
    world.at(join).owner = world.child;
    world.blocks(second, "futex", join, Need::exit);
    CHECK(cause_of(world) == cause::kHoldsOwnWriteEnd);
  }
  SUBCASE("twin: a time-out") {
    world.at_thread(world.child).wait.time_out_seconds = 5;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: a timer that may interrupt") {
    world.at_process(world.child).timer_armed = true;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: nothing was proved") {
    world.snapshot.proved = false;
    CHECK(cause_of(world) == "");
    CHECK(detect::stuck_threads(world.snapshot).empty());
  }
  SUBCASE("twin: the reader runs") {
    world.does(world.child, Activity::running);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: the reader is held by the check, which may let it go on") {
    world.at_process(world.child).held = true;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("two programs that are no forks of each other are named both") {
    const int twin = world.process("upcase 2");
    world.at_process(twin).program = "upcase";
    world.waits_for(twin, world.child);
    CHECK(detect::stuck(world.snapshot)->observed ==
          "upcase, child and upcase 2 are still running, and nothing can wake them");
  }
  SUBCASE("twin: the parent is stopped: somebody may continue it") {
    world.does(world.parent, Activity::stopped);
    CHECK(cause_of(world) == "");
    CHECK(detect::stuck_threads(world.snapshot) == std::vector<int>{world.child});
  }
  SUBCASE("twin: a living process whose threads nobody could read") {
    world.at_process(world.process("dark")).threads.clear();
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("another waiting process keeps the write end") {
  World world;
  const int a = world.pipe("pipe A"), parent = world.process("parent"),
            child = world.process("child", parent);
  world.reads(child, 0, a);
  world.reads(parent, 3, a);
  world.writes(parent, 4, a);
  world.blocks(child, "read", a, Need::data, 0);
  world.waits_for(parent, child);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kOtherHoldsWriteEnd);
  CHECK(finding->observed == "parent and child are still running, and nothing can wake them");
  CHECK(finding->because ==
        "read() returns 0 only when no process holds the write end any more. It is still open in parent (fd "
        "4), and "
        "parent waits for child to exit: nobody will write to it, and nobody will close it.");

  SUBCASE("twin: the parent sleeps for a time before it closes") {
    world.does(parent, Activity::sleeping, "clock_nanosleep");
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: the parent waits for input, which the watcher may give") {
    const int in = world.pipe("standard input");
    world.at(in).watcher_writes = world.at(in).outside_writes = true;
    world.reads(parent, 0, in);
    world.blocks(parent, "read", in, Need::data, 0);
    CHECK(cause_of(world) == "");
    CHECK(detect::stuck_threads(world.snapshot).empty());
  }
  SUBCASE("twin: somebody outside the tree holds the write end") {
    world.at(a).outside_writes = true;
    CHECK(cause_of(world) == "");
  }
  SUBCASE("an end that is kept outlives a chain of readers: the innermost reader is told") {
    const int b = world.pipe("pipe B"), last = world.process("last", parent);
    world.writes(child, 1, b);
    world.reads(last, 0, b);
    world.blocks(last, "read", b, Need::data, 0);
    const auto chain = detect::stuck(world.snapshot);
    REQUIRE(chain);
    CHECK(chain->cause == cause::kOtherHoldsWriteEnd);
    CHECK(chain->because.find("parent (fd 4)") != std::string::npos);
  }
}

TEST_CASE("pipes filled crosswise") {
  World world;
  const int a = world.pipe("pipe A"), b = world.pipe("pipe B");
  const int one = world.process("one"), two = world.process("two");
  world.writes(one, 1, a);
  world.reads(two, 0, a);
  world.writes(two, 1, b);
  world.reads(one, 0, b);
  world.blocks(one, "write", a, Need::space, 1);
  world.blocks(two, "write", b, Need::space, 1);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kPipesFull);
  CHECK(finding->because ==
        "A writer to something full goes on only when somebody takes out of it. one and two both wait for "
        "room, so "
        "neither gets to take what the other has put in.");
  CHECK(finding->table[2] == Row{"pipe A", "full; its read end is open in: two (fd 0)", ""});

  SUBCASE("twin: one of them still computes") {
    world.does(two, Activity::running);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: a third process reads one of the pipes") {
    world.reads(world.process("drain"), 5, b);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: the reader has left, so write fails with EPIPE") {
    world.ends(two);
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("requests and answers: each waits for the other to write first") {
  World world;
  const int a = world.pipe("pipe A"), b = world.pipe("pipe B");
  const int client = world.process("client"), server = world.process("server");
  world.writes(client, 1, a);
  world.reads(server, 0, a);
  world.writes(server, 1, b);
  world.reads(client, 0, b);
  world.blocks(client, "read", b, Need::data, 0);
  world.blocks(server, "read", a, Need::data, 0);
  CHECK(cause_of(world) == cause::kNoSender);
  world.does(server, Activity::spinning);
  CHECK(cause_of(world) == "");
}

TEST_CASE("a writer whose reader never reads") {
  // yes | cat | head -1, and the runner keeps the read ends.
  World world;
  const int a = world.pipe("pipe A"), b = world.pipe("pipe B");
  const int runner = world.process("runner"), yes = world.process("yes", runner),
            cat = world.process("cat", runner);
  world.ends(world.process("head", runner));
  world.reads(runner, 3, a);
  world.reads(runner, 5, b);
  world.writes(yes, 1, a);
  world.reads(cat, 0, a);
  world.writes(cat, 1, b);
  world.blocks(yes, "write", a, Need::space, 1);
  world.blocks(cat, "write", b, Need::space, 1);
  world.waits_for(runner, yes);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kNoReceiver);
  CHECK(finding->because.find("The read end is open in runner (fd 5)") != std::string::npos);

  SUBCASE("twin: the runner lets go of the last read end, and cat gets SIGPIPE") {
    world.at_process(runner).descriptors.pop_back();
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("a writer that is the only reader of its own full pipe") {
  World world;
  const int a = world.pipe("pipe A"), self = world.process("self");
  world.reads(self, 3, a);
  world.writes(self, 4, a);
  world.blocks(self, "write", a, Need::space, 4);
  CHECK(cause_of(world) == cause::kNoReceiver);
  world.at(a).outside_reads = true;
  CHECK(cause_of(world) == "");
}

TEST_CASE("a FIFO that nobody else opens") {
  World world;
  const int fifo = world.object(ObjectKind::fifo, "log.fifo"), reader = world.process("reader");
  world.blocks(reader, "openat", fifo, Need::partner);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kNoPartner);
  CHECK(finding->because ==
        "open() of a FIFO returns only when another process opens the other side. Nobody else is there to do "
        "that.");
  CHECK(finding->table[0] == Row{"reader", "waits for somebody to open the other side", "open, log.fifo"});

  SUBCASE("a second process that waits for something else") {
    world.waits_for(world.process("parent"), reader);
    CHECK(cause_of(world) == cause::kNoPartner);
  }
  SUBCASE("twin: another live process of the tree may open it") {
    world.process("writer");
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: processes outside know the name") {
    world.snapshot.open_world = true;
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("a FIFO's reader that holds both sides, and a stranger who may still write") {
  World world;
  const int fifo = world.object(ObjectKind::fifo, "log.fifo"), collector = world.process("collector");
  world.has(collector, 3, fifo);
  world.blocks(collector, "read", fifo, Need::data, 3);
  CHECK(cause_of(world) == cause::kHoldsOwnWriteEnd);
  SUBCASE("twin: a live process may open it") {
    world.process("submit");
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: an open world") {
    world.snapshot.open_world = true;
    CHECK(cause_of(world) == "");
  }
}

TEST_CASE("full queues in a ring") {
  World world;
  const int a = world.object(ObjectKind::posix_queue, "/a"), b = world.object(ObjectKind::posix_queue, "/b");
  const int one = world.process("one"), two = world.process("two");
  world.blocks(one, "mq_timedsend", a, Need::room, 3);
  world.blocks(two, "mq_timedsend", b, Need::room, 3);
  CHECK(cause_of(world) == cause::kPipesFull);
  // Both into the same queue: then nobody is left to receive.
  world.blocks(two, "mq_timedsend", a, Need::room, 3);
  CHECK(cause_of(world) == cause::kNoReceiver);
  // One receives from the queue that the other fills: then it goes on.
  world.does(two, Activity::running);
  CHECK(cause_of(world) == "");
}

TEST_CASE("poll waits for any of several") {
  World world;
  const int a = world.pipe("pipe A"), b = world.pipe("pipe B");
  const int parent = world.process("parent"), child = world.process("child", parent);
  world.reads(parent, 3, a);
  world.writes(parent, 4, a);
  world.reads(parent, 5, b);
  world.writes(child, 1, b);
  world.blocks(parent, "poll", a, Need::data);
  world.also(parent, b, Need::data);
  world.waits_for(child, parent);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  // Its own pipe A may be there to wake it up; that nobody writes to pipe B is the fault.
  CHECK(finding->cause == cause::kOtherHoldsWriteEnd);
  CHECK(finding->table[0] == Row{"parent", "waits for input", "poll, pipe A or pipe B"});

  SUBCASE("twin: the child can write to one of them") {
    world.does(child, Activity::running);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: one of them is a timer") {
    world.also(parent, world.object(ObjectKind::timerfd, "timerfd"), Need::data);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("twin: one of them is something that nobody here understands") {
    world.also(parent, world.object(ObjectKind::other, "/dev/input"), Need::data);
    CHECK(cause_of(world) == "");
  }
  SUBCASE("both ends are its own") {
    world.at_process(child).descriptors.clear();
    world.writes(parent, 6, b);
    CHECK(cause_of(world) == cause::kHoldsOwnWriteEnd);
  }
}

TEST_CASE("an unknown wait is never called hopeless") {
  World world;
  const int program = world.process("program");
  world.does(program, Activity::blocked, "ioctl");
  CHECK(cause_of(world) == "");
  CHECK(detect::wait_edges(world.snapshot).at(0).by_outside);
}

TEST_CASE("an eventfd nobody adds to") {
  World world;
  const int event = world.object(ObjectKind::eventfd, "eventfd"), one = world.process("one"),
            two = world.process("two");
  world.has(one, 3, event);
  world.has(two, 3, event);
  world.blocks(one, "read", event, Need::data, 3);
  world.waits_for(two, one);
  CHECK(cause_of(world) == cause::kNoSender);
  world.does(two, Activity::running);
  CHECK(cause_of(world) == "");
}
