#include "process/tree.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.hpp"

using ipclab::PipeEnds;
using ipclab::process::Tree;

namespace {
void wait_readable(int fd) {
  pollfd wait{fd, POLLIN, 0};
  REQUIRE(::poll(&wait, 1, 60'000) == 1);
}

Tree::Start shell(std::string script, int out) {
  Tree::Start start;
  start.argv = {"sh", "-c", std::move(script)};
  start.streams = {0, out, 2};
  return start;
}
}  // namespace

TEST_CASE("the program's pid is known at once, and its status as soon as it ends") {
  Tree tree(shell("kill -TERM $$", 1));
  CHECK(tree.program() > 0);
  CHECK(tree.keeper() > 0);
  CHECK(tree.keeper() != tree.program());
  while (!tree.status()) wait_readable(tree.status_fd());
  CHECK(WTERMSIG(*tree.status()) == SIGTERM);
  wait_readable(tree.gone_fd());
  CHECK(tree.gone());
  CHECK(tree.status().has_value());
}

TEST_CASE("a tree that may outlive its program does, until it is ended") {
  PipeEnds pipe = ipclab::make_pipe();
  Tree::Start start = shell("sleep 1000 & exit 4", pipe.write.get());
  start.outlives = true;
  Tree tree(start);
  pipe.write.reset();
  while (!tree.status()) wait_readable(tree.status_fd());
  CHECK(WEXITSTATUS(*tree.status()) == 4);
  CHECK_FALSE(tree.gone());
  pollfd output{pipe.read.get(), POLLIN, 0};
  CHECK(::poll(&output, 1, 0) == 0);  // somebody still holds it
  tree.end();
  wait_readable(tree.gone_fd());
  CHECK(tree.gone());
  CHECK(::poll(&output, 1, 0) == 1);
}

TEST_CASE("a tree that may outlive its program ends by itself when it is empty") {
  PipeEnds pipe = ipclab::make_pipe();
  Tree::Start start = shell("(read line <&4; echo x) & exit 0", pipe.write.get());
  PipeEnds gate = ipclab::make_pipe();
  start.streams = {0, pipe.write.get(), 2, 2, gate.read.get()};
  start.outlives = true;
  Tree tree(start);
  gate.read.reset();
  while (!tree.status()) wait_readable(tree.status_fd());
  CHECK_FALSE(tree.gone());
  gate.write.reset();
  wait_readable(tree.gone_fd());
  CHECK(tree.gone());
}

TEST_CASE("a fork bomb of two hundred is ended too") {
  PipeEnds pipe = ipclab::make_pipe();
  Tree tree(
      shell("i=0; while [ $i -lt 200 ]; do (trap '' TERM; sleep 1000 >&2) & i=$((i+1)); done; echo x; wait",
            pipe.write.get()));
  pipe.write.reset();
  wait_readable(pipe.read.get());
  tree.end();
  wait_readable(tree.gone_fd());
  CHECK(tree.gone());
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("our own descriptors may have the numbers that the program's streams get") {
  PipeEnds pipe = ipclab::make_pipe();
  Tree::Start start = shell("echo out; echo three >&3; read x; echo $x", pipe.write.get());
  PipeEnds input = ipclab::make_pipe();
  REQUIRE(::write(input.write.get(), "typed\n", 6) == 6);
  start.streams = {input.read.get(), pipe.write.get(), pipe.write.get(), pipe.write.get()};
  Tree tree(start);
  pipe.write.reset();
  std::string all;
  char block[64];
  for (ssize_t n; (n = ::read(pipe.read.get(), block, sizeof block)) > 0;)
    all.append(block, static_cast<std::size_t>(n));
  CHECK(all == "out\nthree\ntyped\n");
}
