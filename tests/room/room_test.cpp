// What a room promises, on both levels: IPCLAB_ROOM=bare runs the same tests without namespaces
// (levels_test.cpp does).

#include "room/room.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/file.hpp"
#include "visit.hpp"

using namespace ipclab;
using namespace ipclab::room;

TEST_CASE("a program's output and its end come out of the room") {
  Room room(visit::options());
  const auto ended = visit::run(room, {"sh", "-c", "echo hello; echo world >&2; exit 7"});
  CHECK(ended.out == "hello\n");
  CHECK(ended.err == "world\n");
  CHECK(WIFEXITED(ended.status));
  CHECK(WEXITSTATUS(ended.status) == 7);
}

TEST_CASE("input ends when the check closes it, whatever rooms were made meanwhile") {
  auto first = std::make_unique<Room>(visit::options());
  PipeEnds in = make_pipe(), out = make_pipe();
  Launch launch;
  launch.argv = {"cat"};
  launch.in = in.read.get();
  launch.out = out.write.get();
  const Started cat = first->start(launch);
  out.write.reset();
  Room second(visit::options());
  in.write.reset();
  char c;
  CHECK(::read(out.read.get(), &c, 1) == 0);
  CHECK(visit::end_of(*first, cat.pid) == 0);
  first.reset();  // returns although the second room is still there
}
