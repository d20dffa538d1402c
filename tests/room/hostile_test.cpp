// Learners' programs that mean harm: each ends or is ended, nothing of it stays, and the room beside it
// notices nothing.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "visit.hpp"

using namespace ipclab;
using namespace ipclab::room;
using visit::has_namespaces;
using visit::population;
using visit::start;

namespace {

/// A program that works in a room of its own: it echoes what it is sent.
class Neighbour {
 public:
  Neighbour() : room_(visit::options()), to_(make_pipe()), from_(make_pipe()) {
    Launch launch;
    launch.argv = {"cat"};
    launch.in = to_.read.get();
    launch.out = from_.write.get();
    room_.start(launch);
    from_.write.reset();
  }
  bool works() {
    char c = 'x';
    return ::write(to_.write.get(), &c, 1) == 1 && ::read(from_.read.get(), &c, 1) == 1 && c == 'x';
  }

 private:
  Room room_;
  PipeEnds to_, from_;
};

/// It ended by itself, with this exit status.
void must_exit(Room& room, const Started& program, int wanted) {
  const int status = visit::end_of(room, program.pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == wanted);
}

}  // namespace

TEST_CASE("who never ends by itself is ended, and nothing of it stays") {
  for (const char* name : {"ignores_sigterm", "closes_everything", "never_reads", "stops_itself", "daemon"}) {
    CAPTURE(name);
    Neighbour neighbour;
    Room room(visit::options());
    start(room, {name});
    room.end_all();
    CHECK(population(room) == 0);
    CHECK(neighbour.works());
  }
}

TEST_CASE("a fork bomb meets the limit and is ended whole") {
  Neighbour neighbour;
  Room room(visit::options());
  if (!has_namespaces(room)) return;
  start(room, {"fork_bomb"});
  CHECK(neighbour.works());
  room.end_all();
  CHECK(population(room) == 0);
  CHECK(neighbour.works());
}

TEST_CASE("20 GiB are refused") {
  Room room(visit::options());
  if (!has_namespaces(room)) return;
  must_exit(room, start(room, {"memory_hog"}), 0);
}

TEST_CASE("endless output stops where nobody reads it, and ends with the room") {
  PipeEnds out = make_pipe();
  Room room(visit::options());
  start(room, {"endless_output"}, out.write.get());
  char block[65536];
  for (int i = 0; i < 100; ++i) CHECK(::read(out.read.get(), block, sizeof block) > 0);
  room.end_all();
  CHECK(population(room) == 0);
}

TEST_CASE("kill(-1) reaches nobody outside the room") {
  Neighbour neighbour;
  Room room(visit::options());
  if (!has_namespaces(room)) return;
  const auto bystander = start(room, {"never_reads"});
  start(room, {"kill_all"});
  const int status = visit::end_of(room, bystander.pid);
  CHECK(WIFSIGNALED(status));
  CHECK(neighbour.works());
  CHECK(room.ledger().empty());  // init is there to answer
}

TEST_CASE("neither the project nor the memory of process 1 can be read") {
  Room room(visit::options());
  if (!has_namespaces(room)) return;
  must_exit(room, start(room, {"reads_secrets", IPCLAB_SOURCE}), 0);
}

TEST_CASE("there is no way out by the network") {
  Room room(visit::options());
  if (!has_namespaces(room)) return;
  must_exit(room, start(room, {"connects_out"}), 0);
}

TEST_CASE("the scratch space is limited, and the next room's is empty") {
  {
    Room room(visit::options());
    if (!has_namespaces(room)) return;
    must_exit(room, start(room, {"fills_disk"}), 0);
    CHECK(room.scratch_full());
    CHECK(!room.ledger().empty());
  }
  Room next(visit::options());
  CHECK(!next.scratch_full());
  CHECK(next.ledger().empty());
}

TEST_CASE("a program has no descriptor but those that it was given") {
  Room room(visit::options());
  must_exit(room, start(room, {"forges"}), 0);
}

TEST_CASE("what stays of a session is told") {
  Room room(visit::options());
  start(room, {"daemon"});
  // The grandchild becomes init's own when its parent ends: an event, not a moment.
  visit::next(room, [](const RoomEvent& event) {
    return event.kind == RoomEvent::Kind::adopted && !event.was_zombie;
  });
  const Ledger left = room.ledger();
  CHECK(std::ranges::find(left, LeftoverKind::process, &Leftover::kind) != left.end());
}
