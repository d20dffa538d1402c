// Watches a tree of processes through /proc and turns it into Snapshots. Never judges, never disturbs: no
// ptrace, no signal, no descriptor of the watched opened in a way that changes its semantics (never a pipe
// end).
//
// The proof behind Snapshot::proved: a thread seen asleep twice with the same count of context switches did
// not run in between; if every thread of the tree is equal in consecutive looks, those intervals overlap, so
// at one instant all were asleep. Three equal looks, and one more after the objects were read (it covers
// processes forked in between).
//
// Errors: what cannot be read is said in Snapshot::unseen; processes that vanish while being read are left
// out.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/snapshot.hpp"

namespace ipclab::observe {

/// Where to look.
struct World {
  std::vector<int>
      roots;  // pids whose whole trees (descendants, sessions of orphans adopted by `reaper`) are watched
  int reaper = 0;  // a sub-reaper or pid-namespace init of ours: itself not watched, all its children are
  /// Processes of ours: what waits for them waits for input (default: this process). Themselves not watched.
  std::set<int> watchers;
  bool open_world = false;  // see Snapshot::open_world
  bool outsiders = false;   // with a reaper: others too hold what the tree has inherited (its streams)
  int sock_diag = -1;       // NETLINK_SOCK_DIAG socket in the tree's network namespace; -1: own
  std::map<std::string, int> networks;  // … and in others, by their names in /proc/PID/ns/net
  std::function<std::string(int pid)> name_of;  // a given name for a started process; empty string: none
};

class Watch {
 public:
  explicit Watch(World world);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void add_root(int pid);
  /// One more network namespace, by its name in /proc/PID/ns/net, with a NETLINK_SOCK_DIAG socket in it.
  void add_network(std::string name, int sock_diag);

  /// One cheap look at every thread (about 20 µs each). Call it again and again.
  void look();
  /// How long to wait before the next look: short after a change, longer when nothing happens (200 µs … 2
  /// ms).
  std::chrono::microseconds pause() const;

  /// True when no process of the tree is left (zombies do not count).
  bool empty() const;
  /// True when the last looks found every thread asleep with equal switch counters: snapshot() is worth its
  /// price.
  bool quiet() const;
  /// The same for one process alone (all its threads).
  bool quiet(int pid) const;

  /// The full picture, objects and names resolved (some ms). `proved` is set as described above.
  Snapshot snapshot();
  /// One process in full with what its threads wait for; proved for it alone. Cheaper.
  Snapshot snapshot(int pid);
  /// Adds Wait::function and Wait::where by symbols (10-30 ms the first time a binary is seen).
  void symbolize(Snapshot& snapshot);

  /// CPU time used by the process since the watch first saw it, and how often it woke by itself.
  std::chrono::microseconds cpu_time(int pid) const;
  /// What the tree has in memory that is shared with nobody, in bytes.
  std::size_t private_memory() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ipclab::observe
