// Waits for any of several descriptors: poll, select, epoll.

#include <fmt/format.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "observe/decoder.hpp"

namespace ipclab::observe {

void Decoder::poll() {
  const auto count = std::min<std::uint64_t>(argument(1), 1024);
  std::vector<pollfd> polled(count);
  if (count && !read_memory(pid_, argument(0), polled.data(), count * sizeof(pollfd))) return;
  for (const pollfd& entry : polled) {
    if (entry.fd < 0) continue;
    if (entry.events & (POLLIN | POLLRDNORM)) descriptor(entry.fd, false);
    if (entry.events & (POLLOUT | POLLWRNORM)) descriptor(entry.fd, true);
    if (!(entry.events & (POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM))) descriptor(entry.fd, false);
  }
}

void Decoder::select() {
  const auto count = std::min<std::uint64_t>(argument(0), FD_SETSIZE);
  for (const bool writing : {false, true}) {
    fd_set set;
    FD_ZERO(&set);
    const std::uint64_t address = argument(writing ? 2 : 1);
    if (!address || !read_memory(pid_, address, &set, sizeof set)) continue;
    for (int fd = 0; fd < static_cast<int>(count); ++fd)
      if (FD_ISSET(fd, &set)) descriptor(fd, writing);
  }
}

/// fdinfo of an epoll descriptor: "tfd: 5 events: 19 …" (proc_pid_fdinfo(5)). A set may be in a set, or be
/// polled; the numbers are those of the time when they were added, and may mean others now.
void Decoder::epoll(int set) {
  constexpr int kMostNested = 5;  // epoll_ctl(2), ELOOP
  if (nested_ == kMostNested) return;
  ++nested_;
  wait_.through_epoll = true;
  std::istringstream lines(try_read_file(fmt::format("/proc/{}/fdinfo/{}", pid_, set)).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    int watched = -1;
    unsigned events = 0;
    if (std::sscanf(line.c_str(), "tfd: %d events: %x", &watched, &events) != 2) continue;
    if (events & POLLIN) descriptor(watched, false);
    if (events & POLLOUT) descriptor(watched, true);
  }
  --nested_;
}

/// Of no descriptors: another way to write pause(), or a sleep.
bool Decoder::polls_nothing() const {
  switch (thread_.number) {
    case SYS_poll:
    case SYS_ppoll:
      return argument(1) == 0;
    case SYS_select:
    case SYS_pselect6:
      return argument(0) == 0;
    default:
      return false;
  }
}

bool Decoder::polls() {
  switch (thread_.number) {
    case SYS_poll:
      poll();
      milliseconds(argument(2));
      break;
    case SYS_ppoll:
      poll();
      relative(argument(2));
      break;
    case SYS_select:
      select();
      if (argument(4))
        if (const auto time = read_value<timeval>(pid_, argument(4)))
          time_out(static_cast<double>(time->tv_sec) + static_cast<double>(time->tv_usec) / 1e6);
      break;
    case SYS_pselect6:
      select();
      relative(argument(4));
      break;
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
      wait_.fd = fd();
      epoll(fd());
      milliseconds(argument(3));
      break;
    case SYS_epoll_pwait2:
      wait_.fd = fd();
      epoll(fd());
      relative(argument(3));
      break;
    default:
      return false;
  }
  if (polls_nothing() && !wait_.time_out_seconds) signal();
  return true;
}

}  // namespace ipclab::observe
