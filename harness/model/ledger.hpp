// What programs leave behind in a room: everything that outlives the process that made it.
#pragma once

#include <string>
#include <vector>

namespace ipclab {

enum class LeftoverKind {
  shared_memory_segment,  // SysV shmget
  semaphore_set,          // SysV semget
  message_queue,          // SysV msgget
  shared_memory_object,   // /dev/shm/NAME (also sem_open's sem.NAME)
  posix_queue,            // /dev/mqueue/NAME
  fifo,
  socket_file,
  file,
  process,
};

struct Leftover {
  LeftoverKind kind{};
  std::string name;  // "/inbox", "key 0x1234", "/tmp/log", "cat"
  auto operator<=>(const Leftover&) const = default;
};

/// Sorted. In a namespace room it starts empty; elsewhere compare with the one taken before.
using Ledger = std::vector<Leftover>;

std::string to_string(LeftoverKind);  // "POSIX message queue"

}  // namespace ipclab
