// Starts the last stage first, by recursion over what is left of the line; each level owns one pipe. Waits
// for children in the order in which they end.

#include "pipeline.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <system_error>

namespace {

using Stages = std::vector<Stage>;

void move_to(int fd, int place) {
  if (fd == place) return;
  while (::dup2(fd, place) < 0 && errno == EINTR) {
  }
  ::close(fd);
}

[[noreturn]] void count() {
  char block[4096];
  unsigned long bytes = 0;
  while (true) {
    const ssize_t n = ::read(0, block, sizeof block);
    if (n == -1 && errno == EINTR) continue;
    if (n == -1) std::perror("pipeline: @count");
    if (n <= 0) {
      std::fprintf(stderr, "pipeline: %lu bytes\n", bytes);
      ::_exit(n == 0 ? 0 : 1);
    }
    bytes += static_cast<unsigned long>(n);
    const char* next = block;
    while (next != block + n) {
      const ssize_t taken = ::write(1, next, static_cast<std::size_t>(block + n - next));
      if (taken == -1 && errno != EINTR) ::_exit(1);
      if (taken > 0) next += taken;
    }
  }
}

[[noreturn]] void become(const Stage& stage) {
  if (stage[0] == kCount) count();
  char** argv = new char*[stage.size() + 1]();
  for (std::size_t i = 0; i < stage.size(); ++i) argv[i] = ::strdup(stage[i].c_str());
  ::execvp(argv[0], argv);
  ::dprintf(2, "pipeline: cannot run %s: %s\n", argv[0], std::strerror(errno));
  ::_exit(127);
}

/// Starts `stage` and closes, here, the descriptors that are now its own. `unused` is closed in the child
/// only.
pid_t start(const Stage& stage, int in, int out, int unused) {
  const pid_t child = ::fork();
  const int error = errno;
  if (child == 0) {
    if (unused >= 0) ::close(unused);
    move_to(in, 0);
    move_to(out, 1);
    become(stage);
  }
  if (in != 0) ::close(in);
  if (out != 1) ::close(out);
  errno = error;
  return child;
}

/// Starts the stages from `last` down to the first; `last` writes to `out`. Returns 0 or an errno.
int start_from(Stages::const_reverse_iterator last, Stages::const_reverse_iterator end, int out, pid_t& pid) {
  if (std::next(last) == end) return (pid = start(*last, 0, out, -1)) < 0 ? errno : 0;
  int ends[2];
  if (::pipe(ends) != 0) {
    const int error = errno;
    if (out != 1) ::close(out);
    return error;
  }
  if ((pid = start(*last, ends[0], out, ends[1])) < 0) {
    const int error = errno;
    ::close(ends[1]);
    return error;
  }
  pid_t earlier;
  return start_from(std::next(last), end, ends[1], earlier);
}

}  // namespace

int run_pipeline(const Stages& stages) {
  pid_t last = -1;
  const int error = start_from(stages.rbegin(), stages.rend(), 1, last);
  int status = 0, how = 0;
  for (pid_t ended; (ended = ::wait(&how)) > 0 || errno == EINTR;) {
    if (ended != last || ended < 0) continue;
    status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
  }
  if (error) throw std::system_error(error, std::system_category(), "cannot start a stage");
  return status;
}
