#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace ipclab::cli {

report::Style terminal_style(int fd) {
  report::Style style;
  const char* no_colour = std::getenv("NO_COLOR");
  if (!::isatty(fd)) return style;
  style.colours = !no_colour || !*no_colour;
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col) style.width = std::clamp<int>(size.ws_col, 60, 120);
  return style;
}

int default_jobs() {
  cpu_set_t cores;
  return ::sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
}

int default_checks() { return 3 * default_jobs(); }

Progress::Progress(std::string what) : what_(std::move(what)), on_terminal_(::isatty(STDERR_FILENO)) {}

void Progress::show(int done, int of) {
  if (!on_terminal_) return;
  fmt::print(stderr, "\r\033[K{} {}/{}", what_, done, of);
  shown_ = true;
}

void Progress::clear() {
  if (shown_) fmt::print(stderr, "\r\033[K");
  shown_ = false;
}

}  // namespace ipclab::cli
