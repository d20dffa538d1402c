// What the tests of rooms do in a room: start a program, wait for its end, look who is left.
#pragma once

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/pidfd.hpp"
#include "room/room.hpp"

namespace ipclab::room::visit {

/// Where build/hostile and build/fixtures are: elsewhere when the tests run as a user who cannot reach the
/// build directory.
inline std::string programs(const std::string& directory) {
  const char* place = std::getenv("IPCLAB_TEST_PROGRAMS");
  return std::string(place ? place : IPCLAB_BUILD) + "/" + directory;
}

inline Options options() {
  Options options;
  options.programs = programs("hostile");
  options.limits.cpu_seconds = 2;
  return options;
}

inline bool has_namespaces(const Room& room) {
  if (room.level() == Level::namespaces) return true;
  MESSAGE("SKIP: no namespaces here: " << room.describe());
  return false;
}

inline bool hides(const Room& room) {
  if (room.describe().find("the project can be read") == std::string::npos) return true;
  MESSAGE("SKIP: nothing is hidden here: " << room.describe());
  return false;
}

/// The next event that is wanted; others are dropped. A minute is an upper bound, nothing else.
template <typename Wanted>
RoomEvent next(Room& room, Wanted wanted) {
  for (;;) {
    while (auto event = room.next_event())
      if (wanted(*event)) return *event;
    pollfd polled{room.event_fd(), POLLIN, 0};
    REQUIRE(::poll(&polled, 1, 60'000) == 1);
  }
}

/// How a started program ended, as of waitpid(2).
inline int end_of(Room& room, pid_t pid) {
  return next(room,
              [&](const RoomEvent& event) {
                return event.kind == RoomEvent::Kind::exited && event.pid == pid;
              })
      .status;
}

inline std::string all_of(const Fd& pipe) {
  std::string text;
  char block[4096];
  for (ssize_t n; (n = ::read(pipe.get(), block, sizeof block)) > 0;)
    text.append(block, static_cast<std::size_t>(n));
  return text;
}

struct Ended {
  int status = 0;
  std::string out, err;  // at most a pipe's worth
};

inline Ended run(Room& room, Launch launch) {
  PipeEnds out = make_pipe(), err = make_pipe();
  launch.out = out.write.get();
  launch.err = err.write.get();
  const Started started = room.start(launch);
  out.write.reset();
  err.write.reset();
  Ended ended;
  ended.status = end_of(room, started.pid);
  ended.out = all_of(out.read);
  ended.err = all_of(err.read);
  return ended;
}

inline Ended run(Room& room, std::vector<std::string> argv) {
  Launch launch;
  launch.argv = std::move(argv);
  return run(room, std::move(launch));
}

inline Ended shell(Room& room, const std::string& script) { return run(room, {"sh", "-c", script}); }

inline Started start(Room& room, std::vector<std::string> argv, int out = -1) {
  Launch launch;
  launch.argv = std::move(argv);
  launch.out = out;
  return room.start(launch);
}

/// Children of init, from outside: with init idle, everybody who is left.
inline std::vector<pid_t> children(const Room& room) {
  const std::string init = std::to_string(room.init_pid());
  std::istringstream list(try_read_file("/proc/" + init + "/task/" + init + "/children").value_or(""));
  std::vector<pid_t> found;
  for (pid_t pid; list >> pid;) found.push_back(pid);
  return found;
}

inline std::size_t population(const Room& room) { return children(room).size(); }

}  // namespace ipclab::room::visit
