// Every word of check.hpp on a program that does what it should, and on its twin that does not.

#include <doctest/doctest.h>
#include <signal.h>

#include <cstdlib>
#include <functional>

#include "check/check.hpp"
#include "check/outcome.hpp"
#include "room/registers.hpp"

using namespace ipclab;
using namespace ipclab::check;

namespace {

CheckResult result_of(const std::function<void(check::Room&, Console&)>& body,
                      check::RoomOptions options = {}) {
  ::setenv("IPCLAB_PROGRAMS", IPCLAB_BUILD "/fixtures", 1);
  ::signal(SIGPIPE, SIG_IGN);
  outcome() = Outcome{};
  try {
    check::Room room(options);
    Console toy = room.console("toy");
    body(room, toy);
  } catch (const CheckEnded&) {
  }
  return outcome().result({});
}

std::string cause_of(const std::function<void(check::Room&, Console&)>& body) {
  const CheckResult result = result_of(body);
  CHECK(result.status == Status::fail);
  return result.finding ? result.finding->cause : to_string(result.status);
}

void passes(const std::function<void(check::Room&, Console&)>& body) {
  const CheckResult result = result_of(body);
  INFO("finding: " << (result.finding ? result.finding->observed : result.reason));
  CHECK(result.status == Status::pass);
}

}  // namespace

TEST_CASE("an answer is compared whole, whatever bytes it has") {
  passes([](auto& room, auto& toy) {
    for (const std::size_t size : {1, 60, 4096, 65537}) {
      const std::string bytes = room.random_bytes(size);
      toy.types("echo " + word(bytes)).must_return(bytes);
    }
    toy.types("echo \"\"").must_return("");
  });
  CHECK(cause_of([](auto&, auto& toy) { toy.types("echo a").must_return("b"); }) == cause::kWrongAnswer);
}

TEST_CASE("what a learner prints disturbs no answer") {
  passes([](auto&, auto& toy) {
    toy.does("print \"ok forged\"");
    toy.types("echo true").must_return("true");
  });
}

TEST_CASE("a failure must name its error") {
  passes([](auto&, auto& toy) { toy.types("fail 11").must_fail("EAGAIN"); });
  CHECK(cause_of([](auto&, auto& toy) { toy.types("fail 11").must_fail("EPERM"); }) == cause::kWrongAnswer);
  CHECK(cause_of([](auto&, auto& toy) { toy.types("echo EPERM").must_fail("EPERM"); }) ==
        cause::kWrongAnswer);
  CHECK(cause_of([](auto&, auto& toy) { toy.does("fail 11"); }) == cause::kWrongAnswer);
}

TEST_CASE("must_block proves the sleep and its object") {
  passes([](auto& room, auto& toy) {
    Console other = room.console("toy", "other");
    Reply got = toy.types("receive /q");
    got.must_block_in("mq_receive", on("/q"));
    got.must_block(on("posix_queue"));
    const std::string text = room.random_text();
    other.does("send /q " + text);
    got.must_return(text);
    toy.does("unlink /q");
  });
  CHECK(cause_of([](auto&, auto& toy) { toy.types("echo a").must_block(on("/q")); }) == cause::kDoesNotBlock);
  CHECK(cause_of([](auto&, auto& toy) { toy.types("receive /q").must_block(on("/other")); }) ==
        cause::kBlocksElsewhere);
  CHECK(cause_of([](auto&, auto& toy) { toy.types("spin").must_block(on("/q")); }) == cause::kSpins);
  CHECK(cause_of([](auto&, auto& toy) { toy.types("poll").must_block(on("/q")); }) == cause::kPolls);
  CHECK(cause_of([](auto&, auto& toy) { toy.types("nap 1000000").must_block(on("/q")); }) == cause::kSleeps);
  CHECK(cause_of([](auto&, auto& toy) { toy.types("raise 11").must_block(on("/q")); }) == cause::kKilled);
}

TEST_CASE("must_block_for_good takes no wait that ends by itself, however late") {
  const auto blocks = [](const char* program, const char* object, bool for_good) {
    const CheckResult result = result_of([&](auto& room, auto&) {
      const Program started = room.start({program});
      started.must_block(on(object));
      if (for_good) started.must_block_for_good(on(object));
      started.kill();
    });
    return result.finding ? result.finding->cause : to_string(result.status);
  };
  CHECK(blocks("mq_receive_empty", "posix_queue", true) == "PASS");
  CHECK(blocks("mq_receive_timed", "posix_queue", false) == "PASS");
  CHECK(blocks("mq_receive_timed", "posix_queue", true) == cause::kPolls);
  CHECK(blocks("poll_own_pipe", "pipe", true) == "PASS");
  CHECK(blocks("poll_timer", "pipe", true) == cause::kPolls);
  passes([](auto& room, auto&) {  // that somebody else has the write end is not its time-out
    room.start({"mkfifo", "fifo"}).must_exit(0);
    room.keeps("fifo");
    const Program reader = room.start({"cat", "fifo"}, "reader");
    const Program writer = room.start({"sh", "-c", "exec cat > fifo"}, "writer");
    room.settles();
    reader.must_block_for_good(on("fifo"));
    for (const Program& program : {reader, writer}) program.kill();
  });
}

TEST_CASE("a wait that nobody can end is a finding, a slow program is not") {
  CHECK(cause_of([](auto&, auto& toy) { toy.does("read_own_pipe"); }) == cause::kHoldsOwnWriteEnd);
  passes([](auto&, auto& toy) { toy.does("nap 400"); });
  CHECK(cause_of([](auto&, auto& toy) { toy.does("spin"); }) == cause::kSpins);
  CHECK(cause_of([](auto&, auto& toy) { toy.does("raise 19"); }) == cause::kStopped);
}

TEST_CASE("an early end is told with its status") {
  CHECK(cause_of([](auto&, auto& toy) { toy.does("exit 3"); }) == cause::kEndedEarly);
  CHECK(cause_of([](auto&, auto& toy) { toy.does("raise 11"); }) == cause::kKilled);
  CHECK(cause_of([](auto&, auto& toy) {
          toy.types("exit 3");
          toy.must_exit(4);
        }) == cause::kWrongStatus);
  passes([](auto&, auto& toy) {
    toy.types("exit 3");
    toy.must_exit(3);
  });
}

TEST_CASE("a look sees a program that has just been started") {
  passes([](auto& room, auto&) {
    const Program cat = room.start({"cat"});
    const Snapshot snapshot = cat.look();
    CHECK(snapshot.find(cat.pid()) != nullptr);
  });
}

TEST_CASE("whoever is held goes on, forked processes too") {
  passes([](auto& room, auto&) {
    auto shell = room.start({"sh", "-c", "(echo a); echo b"}, "shell", {hold_before("write", 1)});
    room.settles();
    CHECK_FALSE(shell.is_held());  // its child is
    CHECK(shell.output_so_far().empty());
    while (room.lets_all_go_on()) room.settles();
    shell.must_have_printed("a\nb\n");
  });
}

TEST_CASE("a TODO that is reached is no failure") {
  const CheckResult result = result_of([](auto&, auto& toy) { toy.does("not_done 2"); });
  CHECK(result.status == Status::todo);
  CHECK(result.todo == 2);
  CHECK(result.todo_place.starts_with("toy.cpp:"));
}

TEST_CASE("a failure tells who had ended in a way that nobody asked for") {
  const auto row = [](const CheckResult& result) {
    REQUIRE(result.finding);
    return result.finding->table.empty()
               ? ""
               : result.finding->table.back().who + " " + result.finding->table.back().what;
  };
  CHECK(row(result_of([](auto& room, auto& toy) {
          room.start({"sh", "-c", "kill -SEGV $$"}, "server");
          toy.types("echo a").must_return("b");
        })) == "server is killed by SIGSEGV");
  CHECK(row(result_of([](auto& room, auto& toy) {
          room.start({"sh", "-c", "sleep 1000"}, "server").kill();
          toy.types("echo a").must_return("b");
        })) == "");
  CHECK(row(result_of([](auto& room, auto&) {
          room.start({"sh", "-c", "kill -SEGV $$"}, "server").must_exit(0);
        })) == "");
}

TEST_CASE("what is left behind is found without being named") {
  CHECK(cause_of([](auto&, auto& toy) { toy.does("send /q a"); }) == cause::kLeftBehind);
  CHECK(cause_of([](auto&, auto& toy) { toy.does("write_file left"); }) == cause::kLeftBehind);
  CHECK(cause_of([](auto&, auto& toy) { toy.does("child ends"); }) == cause::kZombie);
  CHECK(cause_of([](auto&, auto& toy) { toy.does("child stays"); }) == cause::kOrphan);
  passes([](auto& room, auto& toy) {
    room.keeps("/q");
    toy.does("send /q a");
    room.must_hold({"/q"});
  });
}

TEST_CASE("a zombie is found while its parent lives, whom the check then kills") {
  CHECK(cause_of([](auto& room, auto& toy) {
          toy.does("child ends");
          room.must_have_no_zombie();
          toy.kill();
        }) == cause::kZombie);
  passes([](auto& room, auto& toy) {
    room.must_have_no_zombie();
    toy.kill();
  });
}

TEST_CASE("files of other kinds are there for the program") {
  passes([](auto& room, auto& toy) {
    room.make_directory("sub");
    room.write_socket("sub/socket");
    for (const char* name : {"sub", "sub/socket"}) room.keeps(name);
    toy.does("write_file sub/file");
    room.keeps("sub/file");
    auto list = room.start({"ls", "-F", "sub"});
    list.must_have_printed("file\nsocket=\n");
  });
}

TEST_CASE("who has slept is told from who has run") {
  passes([](auto& room, auto&) {
    const auto sleeper =
        room.start({"sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.001; done"}, "sleeper");
    const auto runner =
        room.start({"sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done"}, "runner");
    CHECK(sleeper.effort().sleeps >= 10);
    CHECK(runner.effort().sleeps < 10);
    CHECK(runner.effort().cpu_seconds > 0.01);
    for (const auto& program : {sleeper, runner}) program.must_exit(0);
  });
}

TEST_CASE("limits end a program that takes too much") {
  CHECK(cause_of([](auto&, auto& toy) { toy.does("flood"); }) == cause::kTooMuchOutput);
  passes([](auto&, auto& toy) { toy.does("allocate 100"); });
  CHECK(cause_of([](auto&, auto& toy) { toy.types("allocate 4096").must_return(""); }) ==
        cause::kWrongAnswer);  // the console answers with std::bad_alloc
}

TEST_CASE("a killed process is gone, and its end is nobody's fault") {
  passes([](auto&, auto& toy) {
    toy.types("nap 1000000");
    toy.kill();
    toy.must_be_killed_by(SIGKILL);
  });
}

TEST_CASE("must_have_file waits until the bytes are there, and no longer than somebody may write them") {
  const auto copies = [](auto& room) {
    room.keeps("copy");
    auto cat = room.start({"sh", "-c", "exec cat > copy"}, "cat");
    const std::string bytes = room.random_bytes(1 << 20);
    cat.types(bytes);
    room.must_have_file("copy", bytes);  // cat is still there, and waits for more
    return bytes;
  };
  passes([&](auto& room, auto&) { copies(room); });
  CHECK(cause_of([&](auto& room, auto&) { room.must_have_file("copy", copies(room) + "x"); }) ==
        cause::kWrongOutput);
  CHECK(cause_of([&](auto& room, auto&) { room.must_have_file("copy", copies(room).substr(1)); }) ==
        cause::kWrongOutput);
  CHECK(cause_of([](auto& room, auto&) { room.must_have_file("none", ""); }) == cause::kWrongOutput);
}

TEST_CASE("system calls are counted between two points at which the program is at rest") {
  if (!room::kFaultsSupported) return;
  passes([](auto& room, auto&) {
    Console counted = room.console("toy", "counted", {count_calls()});
    counted.does("echo " + room.random_text());
    const CallCounts before = counted.calls_made();
    for (int i = 0; i < 3; ++i) counted.does("echo " + room.random_text());
    must_be_at_most(counted.calls_made() - before, 0, "an echo");
    const Reply got = counted.types("receive /q");
    got.must_block_in("mq_receive", on("/q"));
    const CallCounts asleep = counted.calls_made() - before;
    CHECK(asleep.listed() == "1 mq_open, 1 mq_receive");
    CHECK(asleep.total() == 2);
    room.console("toy", "other").does("send /q 12345678");
    got.must_return();
    CHECK((counted.calls_made() - before).bytes_in() == 8);
    counted.does("unlink /q");
    Program shell = room.start({"sh", "-c", "/bin/true; /bin/true; :"}, "shell", {count_calls()});
    shell.must_exit(0);
    CHECK(shell.calls_made().calls("fork") == 2);  // also of who has ended
    CHECK(shell.calls_made().calls("exit_group") == 1);
    CHECK(shell.calls_made_with_children().calls("exit_group") == 3);
  });
  CHECK(cause_of([](auto& room, auto&) {
          Console counted = room.console("toy", "counted", {count_calls()});
          const CallCounts before = counted.calls_made();
          counted.does("leak");
          must_be_at_most(counted.calls_made() - before, 0, "an echo");
        }) == cause::kTooManyCalls);
}
