// Starts one program of a room. Called by init.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "room/reap.hpp"
#include "room/room.hpp"

namespace ipclab::room {

/// What every program of a room gets.
struct Identity {
  Limits limits;
  unsigned uid = 0, gid = 0;      // to become; 0: stay
  bool drop_capabilities = true;  // false in a bare room without root: there are none
  std::string directory;          // working directory and HOME
  std::string path;               // PATH
};

/// A program to start, as it arrived: the descriptors are in, out, err, then those of `extra` in order.
struct Order {
  Launch launch;
  std::vector<Fd> fds;
  int network = -1;  // the namespace to run in; -1: init's
};

struct Result {
  pid_t pid = 0;
  int error = 0;  // errno of the failed step; 0: it has been executed
  std::string step;
};

/// A program may open its standard streams once more, by name (/dev/stdin, /dev/fd/3): that asks for the
/// permission of a pipe as of any file, and a pipe's owner is who made it: the harness.
void hand_over(const Order& order, const Identity& identity);

/// Returns when the program has been executed, or could not be. `born(pidfd)` is called before it runs: the
/// process cannot end, and so cannot lose its number, before that returns. While launch waits it serves
/// `tracer`: ends of children that come meanwhile, this one's included, are appended to `ended`.
Result launch(const Order& order, const Identity& identity, Tracer& tracer,
              const std::function<void(int pidfd)>& born, std::vector<Ended>& ended);

}  // namespace ipclab::room
