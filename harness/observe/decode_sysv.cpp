// Waits in System V queues and semaphores.

#include <fmt/format.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "observe/decoder.hpp"

namespace ipclab::observe {

void Decoder::semaphore_set() {
  const auto count = std::min<std::uint64_t>(argument(2), 64);
  std::vector<sembuf> operations(count);
  if (!count || !read_memory(pid_, argument(1), operations.data(), count * sizeof(sembuf))) return;
  for (const sembuf& operation : operations) {
    if (operation.sem_op > 0) continue;
    target(
        context_.objects.find_or_make(fmt::format("sysv-semaphore:{}:{}", argument(0), operation.sem_num),
                                      ObjectKind::sysv_semaphore,
                                      fmt::format("semaphore {} of set {}", operation.sem_num, argument(0))),
        Need::post);
  }
}

void Decoder::system_v_queue(bool sending) {
  target(context_.objects.find_or_make(fmt::format("sysv-queue:{}", argument(0)), ObjectKind::sysv_queue,
                                       fmt::format("System V queue {}", argument(0))),
         sending ? Need::room : Need::message);
  if (const auto type = static_cast<std::int64_t>(argument(3)); !sending && type != 0) {
    wait_.any_of.back().type = type;
    wait_.any_of.back().except_type = type > 0 && (argument(4) & MSG_EXCEPT);
  }
}

bool Decoder::system_v() {
  switch (thread_.number) {
    case SYS_msgrcv:
      system_v_queue(false);
      break;
    case SYS_msgsnd:
      system_v_queue(true);
      break;
    case SYS_semop:
      semaphore_set();
      break;
    case SYS_semtimedop:
      semaphore_set();
      relative(argument(3));
      break;
    default:
      return false;
  }
  return true;
}

}  // namespace ipclab::observe
