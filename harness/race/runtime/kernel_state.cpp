#include "race/runtime/kernel_state.hpp"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/text.hpp"

namespace ipclab::race {
namespace {

/// 'R', 'S', 'Z' … of proc_pid_stat(5); 'X' when there is no such task.
char state_in(char* directory) {
  strcat(directory, "/stat");
  const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, directory, O_RDONLY | O_CLOEXEC));
  if (fd < 0) return 'X';
  char text[256];
  const long length = ::syscall(SYS_read, fd, text, sizeof text - 1);
  ::syscall(SYS_close, fd);
  text[length > 0 ? length : 0] = '\0';
  const char* bracket = strrchr(text, ')');
  return bracket ? bracket[2] : 'X';
}

}  // namespace

bool is_gone(int pid) {
  char path[64] = "/proc/";
  append_number(path, static_cast<std::uint64_t>(pid));
  const char state = state_in(path);
  return state == 'Z' || state == 'X';
}

void wait_until_gone(int pid) {
  const auto end = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  while (!is_gone(pid)) {
    pollfd gone{end, POLLIN, 0};
    if (end >= 0) ::syscall(SYS_ppoll, &gone, 1, nullptr, nullptr, 0);
    else ::syscall(SYS_sched_yield);
  }
  if (end >= 0) ::syscall(SYS_close, end);
}

bool is_asleep(const Task& task) {
  char path[64] = "/proc/";
  append_number(path, static_cast<std::uint64_t>(record()->processes[task.process].pid));
  strcat(path, "/task/");
  append_number(path, static_cast<std::uint64_t>(task.tid));
  return state_in(path) == 'S';
}

}  // namespace ipclab::race
