// Faults through the whole of a room, on both levels; the faults themselves are in fault_test.cpp.
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <stdexcept>

#include "room/registers.hpp"
#include "room/room.hpp"

using namespace ipclab;
using namespace ipclab::room;

namespace {

struct Stage {
  explicit Stage(Level level)
      : room([&] {
          Options options;
          options.force = level;
          options.programs = IPCLAB_BUILD "/fixtures";
          return options;
        }()) {}

  Started start(const std::string& mode, const std::vector<Fault>& faults) {
    PipeEnds out = make_pipe();
    Launch launch;
    launch.argv = {"fault_calls", mode};
    launch.faults = faults;
    launch.err = out.write.get();
    told_ = std::move(out.read);
    return room.start(launch);
  }

  RoomEvent next(RoomEvent::Kind kind) {
    for (;;) {
      if (auto event = room.next_event()) {
        if (event->kind == kind) return *event;
        continue;
      }
      pollfd wait{room.event_fd(), POLLIN, 0};
      REQUIRE(::poll(&wait, 1, 60'000) == 1);
    }
  }

  std::string told() {  // until everybody has let go of it
    std::string text;
    char block[512];
    for (ssize_t n; (n = ::read(told_.get(), block, sizeof block)) > 0;)
      text.append(block, static_cast<std::size_t>(n));
    return text;
  }

  Room room;

 private:
  Fd told_;
};

void on_every_level(const std::function<void(Stage&)>& test) {
  for (const Level level : {Level::namespaces, Level::bare}) {
    if (level == Level::namespaces && probe().level == Level::bare) continue;
    CAPTURE(level == Level::bare);
    Stage stage(level);
    test(stage);
  }
}

}  // namespace

TEST_SUITE_BEGIN("faults in rooms" * doctest::skip(!kFaultsSupported));

TEST_CASE("an injected fault is reported, with the process as we know it") {
  on_every_level([](Stage& stage) {
    const Started started = stage.start("write", {fail("write", ENOSPC, 2)});
    const RoomEvent event = stage.next(RoomEvent::Kind::faulted);
    CHECK(event.pid == started.pid);
    CHECK(event.call == "write");
    const RoomEvent end = stage.next(RoomEvent::Kind::exited);
    CHECK(end.pid == started.pid);
    CHECK(WEXITSTATUS(end.status) == 3);
    CHECK(stage.told() == "write 10\nwrite ENOSPC\nwrite 10\n");
  });
}

TEST_CASE("a program is held until it is released, and killed in its hold if it must be") {
  on_every_level([](Stage& stage) {
    const Started started = stage.start("write", {hold_before("write", 2), hold_after("write", 3)});
    for (int holds = 0; holds < 2; ++holds) {
      const RoomEvent held = stage.next(RoomEvent::Kind::held);
      CHECK(held.pid == started.pid);
      CHECK(held.call == "write");
      stage.room.release(held.pid);
    }
    CHECK(WEXITSTATUS(stage.next(RoomEvent::Kind::exited).status) == 3);
    CHECK(stage.told() == "write 10\nwrite 10\nwrite 10\n");
    stage.start("write", {hold_before("write")});
    stage.next(RoomEvent::Kind::held);
    stage.room.end_all();
    CHECK(stage.told() == "");
  });
}

TEST_CASE("traced orphans are adopted like others") {
  on_every_level([](Stage& stage) {
    stage.start("abandon", {interrupt("read")});
    const RoomEvent adopted = stage.next(RoomEvent::Kind::adopted);
    CHECK(adopted.program == "fault_calls");
    CHECK(stage.told() == "read EINTR\nread 0\n");
  });
}

TEST_CASE("what no fault knows is refused") {
  on_every_level([](Stage& stage) { CHECK_THROWS(stage.start("write", {interrupt("wriet")})); });
}

TEST_SUITE_END();
