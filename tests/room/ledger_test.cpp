// What outlives processes is told, by kind and name, and who outlives its parent.

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>

#include "visit.hpp"

using namespace ipclab;
using namespace ipclab::room;

namespace {

Options options() {
  Options options = visit::options();
  options.programs = visit::programs("fixtures");
  return options;
}

bool has(const Ledger& ledger, LeftoverKind kind, const std::string& name) {
  return std::ranges::find(ledger, Leftover{kind, name}) != ledger.end();
}

}  // namespace

TEST_CASE("every kind of object that stays is told by its name") {
  {
    Room room(options());
    CHECK(room.ledger().empty());
    CHECK(visit::run(room, {"leaves_everything", "make"}).err == "");
    const Ledger left = room.ledger();
    CHECK(has(left, LeftoverKind::shared_memory_segment, "key 0x1bc1ab"));
    CHECK(has(left, LeftoverKind::semaphore_set, "key 0x1bc1ab"));
    CHECK(has(left, LeftoverKind::message_queue, "key 0x1bc1ab"));
    CHECK(has(left, LeftoverKind::shared_memory_object, "/ipclab-left"));
    CHECK(has(left, LeftoverKind::shared_memory_object, "sem /ipclab-left"));
    if (room.level() == Level::namespaces) CHECK(has(left, LeftoverKind::posix_queue, "/ipclab-left"));
    CHECK(has(left, LeftoverKind::fifo, "deep/fifo"));
    CHECK(has(left, LeftoverKind::socket_file, "deep/socket"));
    CHECK(has(left, LeftoverKind::file, "deep/file"));
    if (room.level() == Level::namespaces) {
      CHECK(left.size() == 10);  // and the directory
      Room beside(options());
      CHECK(beside.ledger().empty());
    }
    CHECK(visit::run(room, {"leaves_everything", "remove"}).err == "");
    CHECK(room.ledger().empty());
  }
}

TEST_CASE("who outlives its parent is told at once, and counts as left until it ends") {
  Room room(options());
  visit::start(room, {"leaves_orphan"});
  const auto living = [](const RoomEvent& event) {
    return event.kind == RoomEvent::Kind::adopted && !event.was_zombie;
  };
  const RoomEvent adopted = visit::next(room, living);
  CHECK(adopted.program == "leaves_orphan");
  CHECK(room.ledger() == Ledger{{LeftoverKind::process, "leaves_orphan"}});
  CHECK(signal_pidfd(open_pidfd(adopted.pid), SIGKILL));
  while (!room.ledger().empty()) {  // init hears of the end when it comes
  }
}

TEST_CASE("an orphan whose parent's parent lives on is told by the ledger") {
  Room room(options());
  PipeEnds in = make_pipe(), out = make_pipe();
  Launch launch;
  launch.argv = {"sh", "-c", "leaves_orphan; echo done; read line"};
  launch.in = in.read.get();
  launch.out = out.write.get();
  room.start(launch);
  char c;
  CHECK(::read(out.read.get(), &c, 1) == 1);
  CHECK(room.ledger() == Ledger{{LeftoverKind::process, "leaves_orphan"}});
}

TEST_CASE("a child that nobody waited for is told when its parent ends") {
  Room room(options());
  visit::start(room, {"leaves_zombie"});
  const RoomEvent told =
      visit::next(room, [](const RoomEvent& event) { return event.kind == RoomEvent::Kind::adopted; });
  CHECK(told.was_zombie);
  CHECK(told.program == "leaves_zombie");
  CHECK(room.ledger().empty());
}

TEST_CASE("end_all ends everybody, and the room goes on") {
  Room room(visit::options());
  for (const char* name : {"ignores_sigterm", "stops_itself", "daemon", "never_reads"})
    visit::start(room, {name});
  room.end_all();
  CHECK(visit::population(room) == 0);
  CHECK(room.ledger().empty());
  CHECK(visit::shell(room, "echo again").out == "again\n");
}

TEST_CASE("a million files make a ledger of a thousand lines") {
  Room room(visit::options());
  if (!visit::has_namespaces(room)) return;
  const auto ended = visit::run(room, {"deep_tree"});
  CHECK(ended.status == 0);
  CHECK(room.ledger().size() <= 1000);
}
