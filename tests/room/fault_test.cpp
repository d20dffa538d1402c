// What faults do to calls, and which calls they count.
#include <stdexcept>

#include "traced.hpp"

TEST_SUITE_BEGIN("faults" * doctest::skip(!kFaultsSupported));

TEST_CASE("reads are short, and the bytes come with the next one") {
  CHECK(told_by({"read"}, {short_count("read", 3)}, "01234567") == "read 3\nread 3\nread 2\nread 0\n");
  CHECK(told_by({"read"}, {short_count("read", 3, 2)}, "01234567") == "read 8\nread 0\n");
  CHECK(told_by({"read"}, {}, "01234567") == "read 8\nread 0\n");
}

TEST_CASE("writes are short") {
  Traced traced({"write"}, {short_count("write", 4, 2)});
  traced.run();
  CHECK(traced.told() == "write 10\nwrite 4\nwrite 10\n");
  CHECK(traced.printed() == "012345678901230123456789");
  REQUIRE(traced.notes().size() == 1);
  CHECK_FALSE(traced.notes()[0].held);
  CHECK(traced.notes()[0].pid == traced.pid());
  CHECK(traced.notes()[0].call == "write");
}

TEST_CASE("vectors are short within the first part that has bytes, and stay as the program made them") {
  Traced traced({"writev"}, {short_count("writev", 3)});
  traced.run();
  CHECK(traced.told() == "writev 3\nvector kept\n");
  CHECK(traced.printed() == "012");
}

TEST_CASE("messages are short, and their headers stay as the program made them") {
  CHECK(told_by({"message"}, {short_count("sendmsg", 3)}) == "sendmsg 3\nrecvmsg 3\nmessage kept\n");
  CHECK(told_by({"message"}, {short_count("recvmsg", 7)}) == "sendmsg 10\nrecvmsg 1\nmessage kept\n");
}

TEST_CASE("a short count leaves the registers as they were") {
  CHECK(told_by({"registers"}, {short_count("read", 3)}, "01234567") == "read 3\nregisters kept\n");
}

TEST_CASE("a call is interrupted once, at its place") {
  CHECK(told_by({"read"}, {interrupt("read")}, "01234567") == "read EINTR\nread 8\nread 0\n");
  CHECK(told_by({"read"}, {interrupt("read", 2)}, "01234567") == "read 8\nread EINTR\nread 0\n");
  CHECK(told_by({"read", "read"}, {interrupt("read", 3)}, "01234567") ==
        "read 8\nread 0\nread EINTR\nread 0\n");
}

TEST_CASE("a call that does not wait is not interrupted, nor one with all signals blocked") {
  CHECK(told_by({"no-waits"}, {interrupt("futex"), interrupt("poll", 0), interrupt("waitpid"),
                               interrupt("recvfrom"), interrupt("sigtimedwait")}) ==
        "wake 0\nwait EINTR\npoll 0\npoll EINTR\nwait ECHILD\nrecv EAGAIN\ntake EAGAIN\ntake EINTR\n"
        "poll 0\n");
}

TEST_CASE("a call fails with the given error, and nothing of it happens") {
  Traced traced({"write"}, {fail("write", ENOSPC, 2)});
  traced.run();
  CHECK(traced.told() == "write 10\nwrite ENOSPC\nwrite 10\n");
  CHECK(traced.printed() == "01234567890123456789");
  CHECK(told_by({"write"}, {fail("write", EPIPE, 0)}) == "write EPIPE\nwrite EPIPE\nwrite EPIPE\n");
}

TEST_CASE("a process is killed before its n-th call") {
  Traced traced({"write"}, {kill_at("write", 3)});
  traced.run();
  CHECK(WTERMSIG(traced.status()) == SIGKILL);
  CHECK(traced.told() == "write 10\nwrite 10\n");
  CHECK(traced.printed().size() == 20);
  CHECK(traced.notes().size() == 1);
}

TEST_CASE("the dynamic loader's calls do not count") {
  // The loader opens and reads libstdc++ and libc before main; the first open that counts is the program's
  // own.
  CHECK(told_by({"open"}, {fail("open", EMFILE, 1)}) == "open EMFILE\n");
  CHECK(told_by({"open"}, {fail("open", EMFILE, 2)}) == "open ENOENT\n");
  CHECK(told_by({"read"}, {fail("read", EIO, 1)}, "0") == "read EIO\nread 1\nread 0\n");
  CHECK(told_by({"read"}, {fail("close", EIO, 0), fail("mmap", ENOMEM, 99)}, "0") == "read 1\nread 0\n");
}

TEST_CASE("only descriptors of the asked kind count") {
  CHECK(told_by({"read"}, {on(Fault::On::pipe, interrupt("read"))}, "0") == "read EINTR\nread 1\nread 0\n");
  CHECK(told_by({"read"}, {on(Fault::On::file, interrupt("read"))}, "0") == "read 1\nread 0\n");
  CHECK(told_by({"read"}, {on(Fault::On::socket, interrupt("read"))}, "0") == "read 1\nread 0\n");
}

TEST_CASE("a mapping has a descriptor, and only a call that does not wait finds nothing") {
  CHECK(told_by({"map"}, {on(Fault::On::file, fail("mmap", ENOMEM, 1)), fail("read", EAGAIN, 1)}, "01") ==
        "mmap 0\nmmap ENOMEM\nmmap 0\nread 1\nread EAGAIN\nread 1\n");
}

TEST_CASE("only the asked program counts") {
  CHECK(told_by({"read"}, {in_program("other", interrupt("read"))}, "0") == "read 1\nread 0\n");
  CHECK(told_by({"read"}, {in_program("fault_calls", interrupt("read"))}, "0") ==
        "read EINTR\nread 1\nread 0\n");
  Traced other({"cat"}, {fail("read", EIO, 1)}, "text");  // no longer the started program
  other.run();
  CHECK(other.printed() == "text");
  Traced cat({"cat"}, {in_program("cat", on(Fault::On::pipe, fail("read", EIO, 1)))}, "text");
  cat.run();
  CHECK(WEXITSTATUS(cat.status()) == 1);
}

TEST_CASE("every process counts on its own") {
  const std::string told = told_by({"fork"}, {interrupt("read")});
  CHECK(told.find("read EINTR\n") != told.rfind("read EINTR\n"));
  CHECK(told.ends_with("child 0\n"));
}

TEST_CASE("a program that is executed anew counts anew, also from a thread that is not the first") {
  CHECK(told_by({"read", "exec"}, {interrupt("read", 2)}, "0") == "read 1\nread EINTR\nread 0\nread 0\n");
  CHECK(told_by({"read", "exec-in-thread"}, {interrupt("read", 1)}, "0") ==
        "read EINTR\nread 1\nread 0\nread EINTR\nread 0\n");
  // The child reads while its parent comes out of vfork: their lines may come in either order.
  const std::string told = told_by({"spawn"}, {interrupt("read", 1)}, "0");
  CHECK(told.find("read EINTR\nread 1\nread 0\n") != std::string::npos);
  CHECK(told.ends_with("child 768\n"));
}

TEST_CASE("several faults at once: each counts for itself, the first that applies acts") {
  CHECK(told_by({"read"}, {interrupt("read", 2), short_count("read", 2)}, "0123") ==
        "read 2\nread EINTR\nread 2\nread 0\n");
}
TEST_CASE("what makes no sense is refused") {
  CHECK_THROWS_WITH_AS(validate(interrupt("reed")), "fault: no call named 'reed' (is it 'read'?)",
                       std::invalid_argument);
  CHECK_THROWS_AS(validate(short_count("futex", 1)), std::invalid_argument);
  CHECK_THROWS_AS(validate(short_count("read", 0)), std::invalid_argument);
  CHECK_THROWS_AS(validate(fail("read", 0)), std::invalid_argument);
  CHECK_THROWS_AS(validate(on(Fault::On::pipe, interrupt("futex"))), std::invalid_argument);
  CHECK_THROWS_AS(validate(interrupt("read", -1)), std::invalid_argument);
  CHECK_NOTHROW(validate(hold_after("mq_send")));
}

TEST_SUITE_END();
