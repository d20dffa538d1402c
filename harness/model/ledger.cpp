#include "model/ledger.hpp"

namespace ipclab {

std::string to_string(LeftoverKind kind) {
  switch (kind) {
    case LeftoverKind::shared_memory_segment:
      return "System V shared memory segment";
    case LeftoverKind::semaphore_set:
      return "System V semaphore set";
    case LeftoverKind::message_queue:
      return "System V message queue";
    case LeftoverKind::shared_memory_object:
      return "POSIX shared memory object";
    case LeftoverKind::posix_queue:
      return "POSIX message queue";
    case LeftoverKind::fifo:
      return "FIFO";
    case LeftoverKind::socket_file:
      return "socket file";
    case LeftoverKind::file:
      return "file";
    case LeftoverKind::process:
      return "process";
  }
  return "?";
}

}  // namespace ipclab
