#include "race/runtime/kernel_state.hpp"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/text.hpp"

namespace ipclab::race {
namespace {

/// False: there is none.
template <std::size_t N>
bool read_text(const char* path, char (&text)[N]) {
  const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC));
  if (fd < 0) return false;
  const long length = ::syscall(SYS_read, fd, text, N - 1);
  ::syscall(SYS_close, fd);
  text[length > 0 ? length : 0] = '\0';
  return true;
}

/// 'R', 'S', 'Z' … of proc_pid_stat(5); 'X' when there is no such task.
char state_in(char* directory) {
  strcat(directory, "/stat");
  char text[256];
  if (!read_text(directory, text)) return 'X';
  const char* bracket = strrchr(text, ')');
  return bracket ? bracket[2] : 'X';
}

void name_task(char* path, const Task& task) {
  append_number(strcpy(path, "/proc/"), static_cast<std::uint64_t>(record()->processes[task.process].pid));
  append_number(strcat(path, "/task/"), static_cast<std::uint64_t>(task.tid));
}

/// A set of signals in proc_pid_status(5).
std::uint64_t signals_in(const char* text, const char* name) {
  const char* found = strstr(text, name);
  std::uint64_t set = 0;
  for (found = found ? found + strlen(name) : ""; *found && *found != '\n'; ++found) {
    if (*found >= '0' && *found <= '9') set = set << 4 | static_cast<unsigned>(*found - '0');
    if (*found >= 'a' && *found <= 'f') set = set << 4 | static_cast<unsigned>(*found - 'a' + 10);
  }
  return set;
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
  char path[64];
  name_task(path, task);
  return state_in(path) == 'S';
}

Signals signal_state(const Task& task) {
  char path[64], text[4096];
  name_task(path, task);
  if (!read_text(strcat(path, "/status"), text)) return Signals::none;
  const std::uint64_t pending = signals_in(text, "\nSigPnd:") | signals_in(text, "\nShdPnd:");
  if (pending & ~signals_in(text, "\nSigBlk:")) return Signals::come;
  const char* state = strstr(text, "\nState:");
  const bool runs = state && (strchr("RD", state[8]) != nullptr);
  const bool stopped = state && (strchr("Tt", state[8]) != nullptr);
  return stopped ? Signals::come : runs ? Signals::may_run : Signals::none;
}

}  // namespace ipclab::race
