// vfork(2) for programs (the parent sleeps until the exec), descriptors closed by close_range(2) in one call,
// children waited for by descriptors: pidfd_open(2), poll(2), waitid(P_PIDFD).

#include "pipeline.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace {

void close_from(unsigned first) { ::syscall(SYS_close_range, first, ~0U, 0U); }

int count() {
  static char block[1 << 17];
  std::uint64_t total = 0;
  std::size_t held = 0, gone = 0;  // block[gone, held) has been read and not yet written
  for (;;) {
    if (gone < held) {
      const ssize_t n = ::write(STDOUT_FILENO, block + gone, held - gone);
      if (n >= 0) gone += static_cast<std::size_t>(n);
      else if (errno != EINTR) return 1;
      continue;
    }
    const ssize_t n = ::read(STDIN_FILENO, block, sizeof block);
    if (n < 0 && errno != EINTR) return 1;
    if (n == 0) break;
    gone = 0;
    held = n < 0 ? 0 : static_cast<std::size_t>(n);
    total += held;
  }
  std::fprintf(stderr, "pipeline: %llu bytes\n", static_cast<unsigned long long>(total));
  return 0;
}

struct Child {
  pid_t pid = -1;
  int pidfd = -1;
};

Child with_pidfd(pid_t pid) {
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "no process");
  return {pid, static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
}

void take_places(int in, int out) {
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  close_from(STDERR_FILENO + 1);
}

Child start_count(int in, int out) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    take_places(in, out);
    ::_exit(count());
  }
  return with_pidfd(pid);
}

Child start_program(const Stage& stage, int in, int out) {
  std::vector<char*> argv;
  for (const auto& word : stage) argv.push_back(const_cast<char*>(word.data()));
  argv.push_back(nullptr);
  volatile int error = 0;  // written by the child: until it execs it runs in our memory
  const pid_t pid = ::vfork();
  if (pid == 0) {
    take_places(in, out);
    ::execvp(argv[0], argv.data());
    error = errno;
    ::_exit(127);
  }
  if (error != 0) std::fprintf(stderr, "pipeline: %s: %s\n", argv[0], std::strerror(error));
  return with_pidfd(pid);
}

Child start(const Stage& stage, int in, int out) {
  return stage[0] == kCount ? start_count(in, out) : start_program(stage, in, out);
}

void start_all(const std::vector<Stage>& stages, std::vector<Child>& children) {
  int in = STDIN_FILENO;
  const auto done_with = [](int fd) {
    if (fd > STDERR_FILENO) ::close(fd);
  };
  for (std::size_t i = 0; i < stages.size(); ++i) {
    int ends[2] = {-1, STDOUT_FILENO};
    const bool piped = i + 1 == stages.size() || ::pipe(ends) == 0;
    const int error = errno;
    try {
      if (!piped) throw std::system_error(error, std::generic_category(), "no pipe");
      children.push_back(start(stages[i], in, ends[1]));
    } catch (...) {
      for (const int fd : {in, ends[0], ends[1]}) done_with(fd);
      throw;
    }
    done_with(in);
    done_with(ends[1]);
    in = ends[0];
  }
}

int wait_for_all(const std::vector<Child>& children) {
  std::vector<pollfd> living;
  for (const Child& child : children) living.push_back({child.pidfd, POLLIN, 0});
  int status = 0;
  while (!living.empty()) {
    if (::poll(living.data(), living.size(), -1) < 0) continue;
    std::erase_if(living, [&](const pollfd& one) {
      if (one.revents == 0) return false;
      siginfo_t how{};
      while (::waitid(P_PIDFD, static_cast<id_t>(one.fd), &how, WEXITED) < 0 && errno == EINTR) {
      }
      if (one.fd == children.back().pidfd) status = (how.si_code == CLD_EXITED ? 0 : 128) + how.si_status;
      ::close(one.fd);
      return true;
    });
  }
  return status;
}

}  // namespace

int run_pipeline(const std::vector<Stage>& stages) {
  std::vector<Child> children;
  try {
    start_all(stages, children);
  } catch (...) {
    wait_for_all(children);
    throw;
  }
  return wait_for_all(children);
}
