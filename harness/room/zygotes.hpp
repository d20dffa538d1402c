// Programs that are loaded once and begun many times: see Launch::zygote. Used by init.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "room/launch.hpp"

namespace ipclab::room {

class Zygotes {
 public:
  /// As launch(), for an order that names a zygote. That is the learner's and may answer with any number:
  /// `is_new_child` tells whether it can be one.
  Result launch(const Order& order, const Identity& identity, Tracer& tracer,
                const std::function<void(int pidfd)>& born, std::vector<Ended>& ended,
                const std::function<bool(pid_t)>& is_new_child);

  /// Ends them, and waits for it.
  void end();
  /// Is it one of them? Nobody is to hear of those.
  bool contains(pid_t pid) const { return pids_.contains(pid); }
  void forget(pid_t pid) { pids_.erase(pid); }

 private:
  using Program = std::vector<std::string>;  // arguments and environment

  std::map<Program, Fd> sockets_;
  std::set<pid_t> pids_;
};

}  // namespace ipclab::room
