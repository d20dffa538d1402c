// Programs that are loaded once and begun many times: nobody can tell the difference.
#include <sys/wait.h>

#include "visit.hpp"

using namespace ipclab;
using namespace ipclab::room;

namespace {

Options options() {
  Options options = visit::options();
  options.programs = visit::programs("programs/watched");
  return options;
}

/// As the checks do it.
visit::Ended run(Room& room, const std::string& input, bool zygote, const std::string& program = "myself") {
  PipeEnds in = make_pipe(), replies = make_pipe();
  CHECK(::write(in.write.get(), input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  Launch launch;
  launch.argv = {program};
  launch.in = in.read.get();
  launch.extra = {{replies.write.get(), 99}};
  launch.environment = {{"A", "b"}};
  if (zygote) launch.zygote = "IPCLAB_ZYGOTE";
  return visit::run(room, std::move(launch));
}

}  // namespace

TEST_CASE("a program that is loaded once and forked is like one that was executed") {
  Room room(options());
  const auto executed = run(room, "one\n", false);
  CHECK(executed.out.find("descriptor 99\n") != std::string::npos);
  CHECK(executed.out.find("reads one\n") != std::string::npos);
  CHECK(WEXITSTATUS(executed.status) == 7);
  for (int time = 0; time < 3; ++time) {
    const auto forked = run(room, "one\n", true);
    CHECK(forked.out == executed.out);
    CHECK(forked.err == "");
    CHECK(forked.status == executed.status);
  }
  CHECK(run(room, "two\n", true).out.find("reads two\n") != std::string::npos);
  CHECK(visit::population(room) == 1);  // loaded once
  CHECK(room.ledger().empty());
  room.end_zygotes();
  CHECK(visit::population(room) == 0);
  CHECK(run(room, "three\n", true).out.find("reads three\n") != std::string::npos);
}

TEST_CASE("one that was killed is loaded anew") {
  Room room(options());
  CHECK(WEXITSTATUS(run(room, "one\n", true).status) == 7);
  const auto zygote = visit::children(room);
  REQUIRE(zygote.size() == 1);
  ::kill(zygote.front(), SIGKILL);
  CHECK(WEXITSTATUS(run(room, "two\n", true).status) == 7);
  CHECK(visit::children(room) != zygote);
  room.end_all();
  CHECK(visit::population(room) == 0);
  CHECK(WEXITSTATUS(run(room, "three\n", true).status) == 7);
}

TEST_CASE("a program that knows nothing of it is refused") {
  Room room(options());
  CHECK_THROWS_AS(run(room, "", true, "cat"), std::system_error);
  CHECK_THROWS_AS(run(room, "", true, "there-is-none"), std::system_error);
  CHECK(WEXITSTATUS(run(room, "one\n", true).status) == 7);
}
