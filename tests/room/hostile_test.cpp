// Learners' programs that mean harm: each ends or is ended, nothing of it stays, and the room beside it
// notices nothing.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "room/room.hpp"

using namespace ipclab;
using namespace ipclab::room;

namespace {

Options options() {
  Options options;
  options.programs = IPCLAB_BUILD "/hostile";
  options.hidden = {IPCLAB_SOURCE};
  options.limits.cpu_seconds = 2;
  return options;
}

/// Takes the room's events until this program has ended; its status.
int wait_for_end(Room& room, pid_t pid) {
  for (;;) {
    pollfd polled{room.event_fd(), POLLIN, 0};
    ::poll(&polled, 1, -1);
    while (const auto event = room.next_event())
      if (event->kind == RoomEvent::Kind::exited && event->pid == pid) return event->status;
  }
}

/// A program that works in a room of its own: it echoes what it is sent.
class Neighbour {
 public:
  Neighbour() : room_(options()), to_(make_pipe()), from_(make_pipe()) {
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

bool has_namespaces(const Room& room) {
  if (room.level() == Level::namespaces) return true;
  MESSAGE("SKIP: no namespaces here: " << room.describe());
  return false;
}

/// Processes of the room but its init, from outside.
std::size_t population(const Room& room) {
  const std::string children = try_read_file("/proc/" + std::to_string(room.init_pid()) + "/task/" +
                                             std::to_string(room.init_pid()) + "/children")
                                   .value_or("");
  return static_cast<std::size_t>(std::ranges::count(children, ' '));
}

Started start(Room& room, std::vector<std::string> argv, int out = -1) {
  Launch launch;
  launch.argv = std::move(argv);
  launch.out = out;
  return room.start(launch);
}

}  // namespace

TEST_CASE("who never ends by itself is ended, and nothing of it stays") {
  for (const char* name : {"ignores_sigterm", "closes_everything", "never_reads", "stops_itself", "daemon"}) {
    CAPTURE(name);
    Neighbour neighbour;
    Room room(options());
    start(room, {name});
    room.end_all();
    CHECK(population(room) == 0);
    CHECK(neighbour.works());
  }
}

TEST_CASE("a fork bomb meets the limit and is ended whole") {
  Neighbour neighbour;
  Room room(options());
  if (!has_namespaces(room)) return;
  start(room, {"fork_bomb"});
  CHECK(neighbour.works());
  room.end_all();
  CHECK(population(room) == 0);
  CHECK(neighbour.works());
}

TEST_CASE("20 GiB are refused") {
  Room room(options());
  if (!has_namespaces(room)) return;
  const int status = wait_for_end(room, start(room, {"memory_hog"}).pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("endless output stops where nobody reads it, and ends with the room") {
  PipeEnds out = make_pipe();
  Room room(options());
  start(room, {"endless_output"}, out.write.get());
  char block[65536];
  for (int i = 0; i < 100; ++i) CHECK(::read(out.read.get(), block, sizeof block) > 0);
  room.end_all();
  CHECK(population(room) == 0);
}

TEST_CASE("kill(-1) reaches nobody outside the room") {
  Neighbour neighbour;
  Room room(options());
  if (!has_namespaces(room)) return;
  const auto bystander = start(room, {"never_reads"});
  const auto killer = start(room, {"kill_all"});
  const int status = wait_for_end(room, bystander.pid);
  CHECK(WIFSIGNALED(status));
  CHECK(neighbour.works());
  CHECK(room.ledger().empty());  // init is there to answer
  static_cast<void>(killer);
}

TEST_CASE("neither the project nor the memory of process 1 can be read") {
  Room room(options());
  if (!has_namespaces(room)) return;
  const int status = wait_for_end(room, start(room, {"reads_secrets", IPCLAB_SOURCE}).pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("there is no way out by the network") {
  Room room(options());
  if (!has_namespaces(room)) return;
  const int status = wait_for_end(room, start(room, {"connects_out"}).pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("the scratch space is limited, and the next room's is empty") {
  {
    Room room(options());
    if (!has_namespaces(room)) return;
    const int status = wait_for_end(room, start(room, {"fills_disk"}).pid);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(room.scratch_full());
    CHECK(!room.ledger().empty());
  }
  Room next(options());
  CHECK(!next.scratch_full());
  CHECK(next.ledger().empty());
}

TEST_CASE("a program has no descriptor but those that it was given") {
  Room room(options());
  const int status = wait_for_end(room, start(room, {"forges"}).pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("what stays of a session is told") {
  Room room(options());
  wait_for_end(room, start(room, {"daemon"}).pid);
  // The grandchild becomes init's own when its parent ends: an event, not a moment.
  for (bool told = false; !told;) {
    pollfd polled{room.event_fd(), POLLIN, 0};
    ::poll(&polled, 1, -1);
    while (const auto event = room.next_event())
      told |= event->kind == RoomEvent::Kind::adopted && !event->was_zombie;
  }
  const Ledger left = room.ledger();
  CHECK(std::ranges::find(left, LeftoverKind::process, &Leftover::kind) != left.end());
}
