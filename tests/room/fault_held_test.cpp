// Calls at which a program is held, and calls that the kernel starts again.
#include "traced.hpp"

TEST_SUITE_BEGIN("faults" * doctest::skip(!kFaultsSupported));

TEST_CASE("held before a call: it has not happened; after the release it does") {
  Traced traced({"write"}, {hold_before("write", 2)});
  traced.run_until_held();
  CHECK(traced.printed() == "0123456789");
  CHECK(traced.told() == "write 10\n");
  traced.tracer().release(traced.pid());
  traced.run();
  CHECK(traced.told() == "write 10\nwrite 10\nwrite 10\n");
  CHECK(traced.notes().size() == 1);
}

TEST_CASE("held after a call: it has happened, and the program does not know it yet") {
  Traced traced({"write"}, {hold_after("write", 2)});
  traced.run_until_held();
  CHECK(traced.printed() == "01234567890123456789");
  CHECK(traced.told() == "write 10\n");
  traced.tracer().release(traced.pid());
  traced.run();
  CHECK(traced.told() == "write 10\nwrite 10\nwrite 10\n");
}

TEST_CASE("interrupted late: nothing is read before it is released, and everything after") {
  Traced traced({"no-restart"}, {interrupt_late("read")}, "0", true);
  traced.run_until_held();
  CHECK(traced.told() == "ready 0\n");
  traced.tracer().release(traced.pid());
  traced.input_ends();
  traced.run();
  CHECK(traced.told() == "ready 0\nread EINTR\nread 1\nread 0\n");
}

TEST_CASE("held ahead of a call: a signal is handled before it, and does not interrupt it") {
  const auto reads = [](const Fault& hold) {
    Traced traced({"no-restart"}, {hold, interrupt("read", 2)}, "", true);
    traced.run_until_held();
    ::kill(traced.pid(), SIGUSR1);
    traced.tracer().release(traced.pid());
    traced.run_until_asleep();
    traced.types("0");
    traced.input_ends();
    traced.run();
    return traced.told();
  };
  CHECK(reads(hold_before("read")) == "ready 0\nread EINTR\nread EINTR\nread 1\n");
  CHECK(reads(hold_ahead("read")) == "ready 0\nread 1\nread EINTR\nread 0\n");
}

TEST_CASE("held ahead of a call without a signal: it is made once, and counted once") {
  Traced traced({"write"}, {hold_ahead("write", 0)});
  for (int i = 0; i < 3; ++i) {
    while (traced.notes().size() == static_cast<std::size_t>(i)) REQUIRE(traced.step());
    CHECK(traced.printed().size() == static_cast<std::size_t>(10 * i));
    traced.tracer().release(traced.pid());
  }
  traced.run();
  CHECK(traced.told() == "write 10\nwrite 10\nwrite 10\n");
  CHECK(traced.notes().size() == 3);
}

TEST_CASE("a held process can be killed") {
  Traced traced({"write"}, {hold_before("write")});
  traced.run_until_held();
  ::kill(traced.pid(), SIGKILL);
  traced.run();
  CHECK(WTERMSIG(traced.status()) == SIGKILL);
}

TEST_CASE("threads: held at a futex while the others go on, and all of them end") {
  Traced traced({"threads"}, {hold_before("futex")}, "", true);
  traced.run_until_held();
  CHECK(traced.told().find("joined") == std::string::npos);
  traced.tracer().release(traced.pid());
  traced.run();
  CHECK(traced.told().ends_with("joined 0\n"));
  CHECK(WEXITSTATUS(traced.status()) == 3);
  CHECK(traced.reaped() == 1);  // threads are nobody's children
}
TEST_CASE("threads of a process count together") {
  CHECK(told_by({"read", "thread-reads"}, {interrupt("read", 3)}, "0") ==
        "read 1\nread 0\nread EINTR\nread 0\n");
}
TEST_CASE("an ignored signal that wakes a traced read is not counted as a second one") {
  CHECK(told_by({"child"}, {interrupt("read", 2)}) == "read 0\nread EINTR\n");
  CHECK(told_by({"child"}, {interrupt("read", 3)}) == "read 0\nread 0\n");
}

TEST_CASE("a handler with SA_RESTART: the same call goes on, and counts once") {
  Traced traced({"restart"}, {interrupt("read", 2)}, "", true);
  traced.run_until_told("ready");
  for (int i = 0; i < 3; ++i) {
    traced.run_until_asleep();
    ::kill(traced.pid(), SIGUSR1);
  }
  traced.run_until_asleep();
  traced.types("0");
  traced.input_ends();
  traced.run();
  CHECK(traced.told() == "ready 0\nread 1\nread EINTR\nread 0\n");
}

TEST_CASE("a handler without SA_RESTART: the next call is another one") {
  Traced traced({"no-restart"}, {fail("read", EIO, 2)}, "", true);
  traced.run_until_told("ready");
  traced.run_until_asleep();
  ::kill(traced.pid(), SIGUSR1);
  traced.run_until_told("EIO");
  traced.input_ends();
  traced.run();
  CHECK(traced.told() == "ready 0\nread EINTR\nread EIO\nread 0\n");
}

TEST_CASE("a restarted call stays short") {
  Traced traced({"restart"}, {short_count("read", 2, 1)}, "", true);
  traced.run_until_told("ready");
  traced.run_until_asleep();
  ::kill(traced.pid(), SIGUSR1);
  traced.run_until_asleep();
  traced.types("0123");
  traced.input_ends();
  traced.run();
  CHECK(traced.told() == "ready 0\nread 2\nread 2\nread 0\n");
}

TEST_CASE("otherwise a traced program is as always") {
  const std::vector<Fault> none = {interrupt("process_vm_readv")};
  CHECK(told_by({"stop"}, none) == "stopped\nchild 7\n");
  Traced crash({"segfault"}, none);
  crash.run();
  CHECK(WTERMSIG(crash.status()) == SIGSEGV);
  Traced orphan({"abandon"}, none);
  orphan.run();
  CHECK(WEXITSTATUS(orphan.status()) == 3);
  CHECK(orphan.reaped() ==
        2);  // itself, and the grandchild that became ours; not the child, which it waited for
  CHECK(WEXITSTATUS(orphan.other_status()) == 9);
}

TEST_CASE("a traced orphan is reaped once, also when it ends in the moment that its parent does") {
  for (int i = 0; i < 100; ++i) {
    Traced orphan({"abandon"}, {interrupt("process_vm_readv")});
    orphan.run();
    REQUIRE(WEXITSTATUS(orphan.status()) == 3);
    REQUIRE(orphan.reaped() == 2);  // itself and its grandchild; not the child, which it waited for
    REQUIRE(WEXITSTATUS(orphan.other_status()) == 9);
  }
}
TEST_SUITE_END();
