// A thread's stay in a system call, decoded: which call, which objects could end it, after how long it ends
// by itself.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "model/snapshot.hpp"
#include "observe/objects.hpp"
#include "observe/proc.hpp"

namespace ipclab::observe {

/// What decoding one thread needs to know about its process and the tree.
struct Context {
  Snapshot& snapshot;
  Objects& objects;
  const ipclab::Process& process;  // with its descriptors
  const std::vector<RawProcess>& tree;
  const std::vector<Mapping>& maps;  // of this process
  const std::map<int, int>& outer;   // inner thread number → outer, for the pid namespace of the tree
  std::function<const std::vector<Mapping>&(int pid)> maps_of;
  std::function<std::string(int pid)> name_of;
};

Wait decode_wait(const Context& context, const RawThread& thread);

/// Calls that only let time pass: nanosleep, or a poll of nothing.
bool only_sleeps(const Wait& wait);

}  // namespace ipclab::observe
