// What a thread that sleeps in futex(2) is really waiting for: the C library's primitives recognised by what
// they leave in memory (glibc's nptl: pthread_mutex_t, pthread_cond_t, sem_t, struct pthread; the layouts are
// facts of tests/kernel).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "model/snapshot.hpp"
#include "observe/proc.hpp"

namespace ipclab::observe {

struct FutexWait {
  ObjectKind kind = ObjectKind::futex;
  Need need = Need::wake;
  std::uint64_t address = 0;       // where the primitive begins
  std::optional<int> owner;        // inner thread number, as the owner wrote it
  bool owner_died_marked = false;  // the kernel has marked it (robust_list)
  bool robust = false;
  bool within_process = false;  // nobody else can wake it, whatever memory it is in
  std::optional<double> time_out_seconds;
  int joined_thread = 0;  // inner number, for a join
};

FutexWait classify_futex(int pid, const RawThread& thread, const std::vector<Mapping>& maps,
                         const std::function<bool(int)>& is_thread_of_process);

/// A place in memory by which different processes mean the same object: identity and name.
struct Place {
  std::string identity, name;
  bool shared = false;
  std::string memory;  // identity of the mapped object; empty for private memory
};
Place place_of(int pid, std::uint64_t address, const std::vector<Mapping>& maps);

/// Whether a process maps this memory (Place::memory).
bool maps_memory(const std::vector<Mapping>& maps, const std::string& memory);

}  // namespace ipclab::observe
