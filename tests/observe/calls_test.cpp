#include "observe/calls.hpp"

#include <doctest/doctest.h>
#include <sys/syscall.h>

using ipclab::observe::name_of_call;

TEST_CASE("calls have the names of their man pages, and unknown ones their number") {
  CHECK(name_of_call(SYS_read) == "read");
  CHECK(name_of_call(SYS_mq_timedreceive) == "mq_timedreceive");
  CHECK(name_of_call(SYS_futex) == "futex");
  CHECK(name_of_call(SYS_wait4) == "wait4");
  CHECK(name_of_call(449) == "futex_waitv");
  CHECK(name_of_call(9999) == "system call 9999");
}
