// Programs are started by posix_spawnp(3): no child of ours runs between fork and exec. One pipe at a time,
// both ends close-on-exec from birth; dup2 in the file actions clears the flag on descriptors 0 and 1. Only
// @count is forked.

#include "pipeline.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

namespace {

constexpr int kCannotExecute = 127;

/// A stage that has been started, or the status that stands for one that could not be.
struct Started {
  pid_t pid = -1;
  int status = kCannotExecute;
};

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { reset(); }

  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  int get_or(int standard) const { return fd_ < 0 ? standard : fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

bool write_all(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t taken = TEMP_FAILURE_RETRY(::write(STDOUT_FILENO, bytes.data(), bytes.size()));
    if (taken < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(taken));
  }
  return true;
}

int count() {
  std::array<char, 65536> buffer;
  long long bytes = 0;
  ssize_t got;
  while ((got = TEMP_FAILURE_RETRY(::read(STDIN_FILENO, buffer.data(), buffer.size()))) > 0) {
    if (!write_all({buffer.data(), static_cast<std::size_t>(got)})) return 1;
    bytes += got;
  }
  std::fprintf(stderr, "pipeline: %lld bytes\n", bytes);
  return got < 0 ? 1 : 0;
}

/// `other` is the read end behind `out`: a built-in stage does not exec, so nothing closes it but we.
Started start_count(int in, int out, Descriptor& other) {
  const pid_t child = ::fork();
  if (child < 0) fail(errno, "fork");
  if (child > 0) return {child, 0};
  if (in != STDIN_FILENO) {
    ::dup2(in, STDIN_FILENO);
    ::close(in);
  }
  if (out != STDOUT_FILENO) {
    ::dup2(out, STDOUT_FILENO);
    ::close(out);
  }
  other.reset();
  ::_exit(count());
}

Started start_program(const Stage& stage, int in, int out) {
  std::vector<char*> argv;
  for (const std::string& word : stage) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (in != STDIN_FILENO) ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  if (out != STDOUT_FILENO) ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  Started started;
  const int error = ::posix_spawnp(&started.pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == EAGAIN || error == ENOMEM) fail(error, "posix_spawn");
  if (error == 0) return started;
  std::fprintf(stderr, "pipeline: %s: %s\n", argv[0], std::strerror(error));
  return {-1, kCannotExecute};
}

int wait_for(const Started& started) {
  if (started.pid < 0) return started.status;
  siginfo_t how{};
  TEMP_FAILURE_RETRY(::waitid(P_PID, static_cast<id_t>(started.pid), &how, WEXITED));
  return how.si_code == CLD_EXITED ? how.si_status : 128 + how.si_status;
}

void start_all(const std::vector<Stage>& stages, std::vector<Started>& started) {
  Descriptor in;
  for (const Stage& stage : stages) {
    Descriptor out, next_in;
    if (&stage != &stages.back()) {
      int ends[2];
      if (::pipe2(ends, O_CLOEXEC) != 0) fail(errno, "pipe2");
      next_in = Descriptor(ends[0]);
      out = Descriptor(ends[1]);
    }
    const int from = in.get_or(STDIN_FILENO), to = out.get_or(STDOUT_FILENO);
    started.push_back(stage[0] == kCount ? start_count(from, to, next_in) : start_program(stage, from, to));
    in = std::move(next_in);
  }
}

}  // namespace

int run_pipeline(const std::vector<Stage>& stages) {
  std::vector<Started> started;
  std::optional<std::system_error> failure;
  try {
    start_all(stages, started);
  } catch (const std::system_error& error) {
    failure = error;
  }
  int status = 0;
  for (const Started& stage : started) status = wait_for(stage);
  if (failure) throw *failure;
  return status;
}
