#include "race/runtime/descriptor.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/text.hpp"

namespace ipclab::race {

Special special_kind(int fd) {
  char path[40] = "/proc/self/fd/", link[64];
  append_number(path, static_cast<unsigned>(fd));
  const long length = ::syscall(SYS_readlinkat, AT_FDCWD, path, link, sizeof link - 1);
  link[length > 0 ? length : 0] = '\0';
  if (strstr(link, "pidfd")) return Special::process;
  if (!strstr(link, "anon_inode:")) return Special::none;
  if (strstr(link, "eventfd")) return Special::event;
  if (strstr(link, "signalfd")) return Special::signal;
  if (strstr(link, "timerfd")) return Special::timer;
  return strstr(link, "inotify") ? Special::watch : Special::none;
}

std::uint64_t number_in_info(int fd, const char* before) {
  char path[40] = "/proc/self/fdinfo/";
  append_number(path, static_cast<unsigned>(fd));
  const auto info = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC));
  if (info < 0) return 0;
  char text[512];
  const long length = ::syscall(SYS_read, info, text, sizeof text - 1);
  ::syscall(SYS_close, info);
  text[length > 0 ? length : 0] = '\0';
  const char* found = strstr(text, before);
  if (!found) return 0;
  for (found += strlen(before); *found == ' ' || *found == '\t'; ++found) {
  }
  std::uint64_t number = 0;
  for (; *found >= '0' && *found <= '9'; ++found) number = number * 10 + static_cast<unsigned>(*found - '0');
  return number;
}

pid_t process_of(int fd) {
  return special_kind(fd) == Special::process ? static_cast<pid_t>(number_in_info(fd, "Pid:")) : 0;
}

}  // namespace ipclab::race
