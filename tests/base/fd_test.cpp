#include "base/fd.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>

#include <cerrno>
#include <system_error>

#include "base/syscall.hpp"

using namespace ipclab;

namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

}  // namespace

TEST_CASE("a descriptor is closed with its owner, once") {
  int number = -1;
  {
    const Fd fd(::dup(0));
    number = fd.get();
    REQUIRE(fd);
    CHECK(is_open(number));
  }
  CHECK_FALSE(is_open(number));
}

TEST_CASE("moving hands the descriptor on") {
  Fd one(::dup(0));
  const int number = one.get();
  Fd two(std::move(one));
  CHECK(two.get() == number);
  Fd three(::dup(0));
  const int replaced = three.get();
  three = std::move(two);
  CHECK(three.get() == number);
  CHECK(is_open(number));
  CHECK_FALSE(is_open(replaced));
  Fd& itself = three;
  three = std::move(itself);
  CHECK(is_open(number));
}

TEST_CASE("released is not closed, reset is") {
  Fd fd(::dup(0));
  const int number = fd.release();
  CHECK_FALSE(fd);
  CHECK(is_open(number));
  fd.reset(number);
  fd.reset();
  CHECK_FALSE(is_open(number));
}

TEST_CASE("a pipe's ends are close-on-exec, and lead from one to the other") {
  const PipeEnds ends = make_pipe();
  CHECK(::fcntl(ends.read.get(), F_GETFD) == FD_CLOEXEC);
  CHECK(::fcntl(ends.write.get(), F_GETFD) == FD_CLOEXEC);
  CHECK(::write(ends.write.get(), "x", 1) == 1);
  char byte = 0;
  CHECK(::read(ends.read.get(), &byte, 1) == 1);
  CHECK(byte == 'x');
  set_nonblocking(ends.read.get());
  CHECK(::read(ends.read.get(), &byte, 1) == -1);
  CHECK(errno == EAGAIN);
}

TEST_CASE("failures are exceptions that name the call") {
  CHECK_THROWS_WITH_AS(set_nonblocking(-1), "fcntl(F_GETFL): Bad file descriptor", std::system_error);
  CHECK_THROWS_AS(checked(::close(-1), "close"), std::system_error);
  CHECK(checked(7, "seven") == 7);
  int calls = 0;
  CHECK(retried([&] {
          errno = EINTR;
          return ++calls < 3 ? -1 : 5;
        }) == 5);
  CHECK(calls == 3);
  CHECK(retried([] {
          errno = EIO;
          return -1;
        }) == -1);
}
