// The objects of a snapshot: found by identity, created once, named as a person would. One Objects per
// snapshot.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/snapshot.hpp"
#include "observe/proc.hpp"
#include "observe/sockets.hpp"

namespace ipclab::observe {

class Objects {
 public:
  /// `networks`: as in World.
  Objects(Snapshot& snapshot, const std::set<int>& watchers, int sock_diag,
          const std::map<std::string, int>& networks);

  /// The descriptors of a process, with their objects.
  std::vector<Descriptor> descriptors(int pid);

  /// The object of this identity, made when it is new. The reference lasts until the next call.
  int find_or_make(const std::string& identity, ObjectKind kind, const std::string& name);
  Object& at(int index) { return snapshot_.objects[static_cast<std::size_t>(index)]; }

  /// Connections whose ends are in different network namespaces find each other.
  void join_networks();
  /// Who outside the tree has pipes, FIFOs and sockets open that somebody waits for.
  void find_outside_holders(const std::set<int>& tree, bool watchers_only);
  /// Gives pipes and anonymous sockets their letters, in the order in which they are held.
  void name_anonymous();
  bool data_in_flight() const;
  Socket socket_of(int pid, std::uint64_t inode);

 private:
  Descriptor describe(int pid, int fd);
  void name_peers();
  int object_of(int pid, int fd, const std::string& link);
  void note_holder(const std::string& identity, bool reads, bool writes, int pid);

  Snapshot& snapshot_;
  std::set<int> watchers_;
  int sock_diag_;
  const std::map<std::string, int>& networks_;
  std::map<std::string, int> by_identity_;
  std::map<std::string, SocketTable> tables_;  // by network namespace
  std::set<std::string> with_tcp_;             // those of them in which somebody has what may be a TCP socket
};

/// What has to happen for a read (or, with `writing`, a write) of this kind of object to go on.
Need need_of(ObjectKind kind, bool writing);

}  // namespace ipclab::observe
