// Who has which end of an object open. Pure. Two entries of Snapshot::objects are the same object when their
// identity is equal.
#pragma once

#include <string>
#include <vector>

#include "model/snapshot.hpp"

namespace ipclab::detect {

struct Holder {
  const Process* process = nullptr;
  std::vector<int> fds;
};

enum class End { reading, writing, any };

bool same_object(const Snapshot& snapshot, int one, int other);

/// Living processes that have this end of the object open.
std::vector<Holder> holders(const Snapshot& snapshot, int object, End end);

/// Sockets: living processes that have the other end of the connection open.
std::vector<Holder> peer_holders(const Snapshot& snapshot, const Object& object);

/// What could end a wait for input or for room on a pipe, FIFO or connected socket is done through this end.
std::vector<Holder> enders(const Snapshot& snapshot, const Target& target);

bool is_pipe(ObjectKind kind);    // pipe or FIFO
bool is_socket(ObjectKind kind);  // of any kind

/// Names of other living processes that have mapped the memory which this object lives in.
std::vector<std::string> sharers(const Snapshot& snapshot, const Object& object, const Process& but);

/// "parent (fd 4), child (fds 3 and 5)"; "nobody".
std::string describe(const std::vector<Holder>& holders);

}  // namespace ipclab::detect
