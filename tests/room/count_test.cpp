// count_calls(): programs whose calls and bytes are known, and what was counted.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <stdexcept>

#include "room/registers.hpp"
#include "visit.hpp"

using namespace ipclab;
using namespace ipclab::room;

namespace {

struct Counted {
  CallCounts own, family;
};

Counted counted(const std::string& mode, std::vector<Fault> more = {}) {
  Options options;
  options.programs = visit::programs("fixtures");
  Room room(options);
  Launch launch;
  launch.argv = {"counted_calls", mode};
  launch.faults = std::move(more);
  launch.faults.push_back(count_calls());
  const Started started = room.start(launch);
  const int status = visit::end_of(room, started.pid);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  return {room.counts(started.pid).value(), room.counts(started.pid, true).value()};
}

}  // namespace

TEST_SUITE_BEGIN("counted calls" * doctest::skip(!kFaultsSupported));

TEST_CASE("streams: every call, and the bytes of those that succeeded") {
  const CallCounts made = counted("streams").own;
  CHECK(made.calls("pipe") == 2);
  CHECK(made.calls("write") == 3);
  CHECK(made.calls("writev") == 1);
  CHECK(made.calls("read") == 1);
  CHECK(made.calls("msgsnd") == 0);
  CHECK(made.bytes_out() == 1000 + 7 + 50);
  CHECK(made.bytes_in() == 1007 + 7);
  CHECK(made.bytes_moved() == 30);
  CHECK(made.without({-1}).calls("write") == 2);
}

TEST_CASE("messages: what was copied, not what was sent") {
  const CallCounts made = counted("messages").own;
  CHECK(made.calls("send") == 1);
  CHECK(made.calls("recvmsg") == 1);
  CHECK(made.bytes_out() == 20 + 100 + 200);
  CHECK(made.bytes_in() == 5 + 8 + 200);
}

TEST_CASE("queues: POSIX and System V") {
  const CallCounts made = counted("queues").own;
  CHECK(made.calls("mq_send") == 2);
  CHECK(made.calls("mq_receive") == 1);
  CHECK(made.calls("msgsnd") == 1);
  CHECK(made.calls("msgrcv") == 1);
  CHECK(made.bytes_out() == 33 + 12);
  CHECK(made.bytes_in() == 33 + 12);
}

TEST_CASE("closes of what is not open") {
  const CallCounts made = counted("closes").own;
  CHECK(made.calls("close") == 4);
  CHECK(made.needless_closes() == 1);
  CHECK(counted("streams").own.needless_closes() == 0);
}

TEST_CASE("all threads of a process count together") {
  CHECK(counted("threads").own.calls("getpid") == 1000);
}

TEST_CASE("a forked process counts for itself, and in the count of its family") {
  const Counted made = counted("family");
  CHECK(made.own.calls("getpid") == 1);
  CHECK(made.family.calls("getpid") == 111);
  CHECK(made.own.calls("fork") == 1);
  CHECK(made.family.calls("fork") == 2);
}

TEST_CASE("a call that a signal interrupts and the kernel goes on with is one call") {
  for (int i = 0; i < 5; ++i) {
    const CallCounts made = counted("restarts").own;
    CHECK(made.calls("read") == 1);
    CHECK(made.calls("nanosleep") == 1);
    CHECK(made.calls("getpid") == made.calls("sigreturn"));  // the handler's
    CHECK(made.bytes_in() == 5);
  }
}

TEST_CASE("beside faults: an injected failure carries nothing, a short call what it did") {
  const CallCounts made = counted("threads", {interrupt("read"), hold_before("write")}).own;
  CHECK(made.calls("getpid") == 1000);
  Options options;
  options.programs = visit::programs("fixtures");
  Room room(options);
  PipeEnds in = make_pipe();
  REQUIRE(::write(in.write.get(), "01234567", 8) == 8);
  in.write.reset();
  Launch launch;
  launch.argv = {"fault_calls", "read"};
  launch.in = in.read.get();
  launch.faults = {interrupt("read"), short_count("read", 3), count_calls()};
  const Started started = room.start(launch);
  visit::end_of(room, started.pid);
  const CallCounts reads = room.counts(started.pid).value();
  CHECK(reads.calls("read") == 5);  // EINTR, 3, 3, 2, 0
  CHECK(reads.bytes_in() == 8);
}

TEST_CASE("the same program makes the same calls each time, and an interval is a difference") {
  const CallCounts first = counted("streams").own, second = counted("streams").own;
  CHECK(first.total() == second.total());
  CHECK((first - second).listed() == "none");
  CHECK((first - CallCounts{}).listed() == first.listed());
  CHECK(first.listed().find("3 write (1050 bytes out)") != std::string::npos);
}

TEST_CASE("who is not counted has no counts, and an unknown name is refused") {
  Options options;
  options.programs = visit::programs("fixtures");
  Room room(options);
  const Started started = visit::start(room, {"counted_calls", "waits"});
  CHECK_FALSE(room.counts(started.pid));
  CHECK_THROWS_AS(CallCounts{}.calls("raed"), std::invalid_argument);
}

TEST_SUITE_END();
