#include "room/launch.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "base/pidfd.hpp"
#include "base/signals.hpp"
#include "base/syscall.hpp"

namespace ipclab::room {
namespace {

/// Everything that the child needs, prepared before fork: between fork and exec it only makes system calls.
struct Prepared {
  std::vector<char*> argv, environment;
  std::vector<std::string> candidates;           // paths to try, in the order of PATH
  std::vector<std::pair<int, int>> descriptors;  // ours, theirs
  int above = 3;                                 // no descriptor of theirs is as high
};

struct Failure {
  int error;
  const char* step;
};

std::vector<std::string> candidates(const std::string& program, const std::string& path) {
  if (program.find('/') != std::string::npos) return {program};
  std::vector<std::string> found;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    found.push_back(path.substr(begin, end - begin) + "/" + program);
    begin = end + 1;
  }
  return found;
}

/// As far as the harness's own limits allow: nobody can raise a hard limit.
bool limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) return false;
  now.rlim_max = std::min(hard, now.rlim_max);
  now.rlim_cur = std::min(soft, now.rlim_max);
  return ::setrlimit(resource, &now) == 0;
}

bool set_limits(const Limits& limits) {
  constexpr rlim_t kStack = 8u << 20, kLocked = 8u << 20, kQueues = 819'200;  // as most machines have them
  const rlim_t cpu = limits.cpu_seconds;
  // One second more, so that it ends by SIGXCPU, which says why, and not by SIGKILL.
  return limit(RLIMIT_CPU, cpu, cpu + 1) && limit(RLIMIT_CORE, 0, 0) &&
         limit(RLIMIT_AS, limits.memory + limits.reserved, limits.memory + limits.reserved) &&
         limit(RLIMIT_NOFILE, limits.open_files, limits.open_files) &&
         limit(RLIMIT_FSIZE, limits.scratch, limits.scratch) && limit(RLIMIT_STACK, kStack, kStack) &&
         limit(RLIMIT_MEMLOCK, kLocked, kLocked) && limit(RLIMIT_MSGQUEUE, kQueues, kQueues) &&
         limit(RLIMIT_RTPRIO, 0, 0) && limit(RLIMIT_NICE, 0, 0) &&
         limit(RLIMIT_NPROC, limits.processes, limits.processes);
}

/// Leaves no capability but, when asked for, CAP_NET_RAW, and that across exec (capabilities(7), "Ambient").
bool set_capabilities(bool raw_network) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (raw_network) data[0].effective = data[0].permitted = data[0].inheritable = 1u << CAP_NET_RAW;
  if (::syscall(SYS_capset, &header, data) != 0) return false;
  return !raw_network || ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) == 0;
}

bool become(const Identity& identity, bool raw_network) {
  if (identity.uid) {
    ::syscall(SYS_setgroups, 0, nullptr);  // refused where setgroups is denied: then there are none to drop
    if (raw_network && ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return false;
    if (::syscall(SYS_setresgid, identity.gid, identity.gid, identity.gid) != 0) return false;
    if (::syscall(SYS_setresuid, identity.uid, identity.uid, identity.uid) != 0) return false;
  }
  return !identity.drop_capabilities || set_capabilities(raw_network);
}

/// dup2 in two rounds, so that no source is overwritten before it has been moved.
bool place(Prepared& prepared) {
  for (auto& [ours, theirs] : prepared.descriptors)
    if ((ours = ::fcntl(ours, F_DUPFD_CLOEXEC, prepared.above)) < 0) return false;
  for (const auto& [ours, theirs] : prepared.descriptors)
    if (::dup2(ours, theirs) < 0) return false;
  return true;
}

[[noreturn]] void run_child(const Order& order, const Identity& identity, Prepared& prepared,
                            const Filter* filter, int go, int report) {
  Failure failure{0, ""};
  const auto give_up = [&](const char* step) {
    failure = {errno, step};
    [[maybe_unused]] const auto written = ::write(report, &failure, sizeof failure);
    ::_exit(127);
  };
  char byte;
  if (retried([&] { return ::read(go, &byte, 1); }) != 1) ::_exit(127);  // init has given it up
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);  // it holds the harness's memory until exec
  default_signals();
  ::umask(022);
  if (::setsid() < 0) give_up("setsid");
  if (order.network >= 0 && ::setns(order.network, CLONE_NEWNET) != 0) give_up("setns");
  const int report_high = ::fcntl(report, F_DUPFD_CLOEXEC, prepared.above);
  if (report_high < 0) give_up("fcntl");
  report = report_high;
  if (!place(prepared)) give_up("dup2");
  if (::syscall(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC) != 0) give_up("close_range");
  for (const auto& [ours, theirs] : prepared.descriptors) ::fcntl(theirs, F_SETFD, 0);
  if (::chdir(identity.directory.c_str()) != 0) give_up("chdir");
  if (!become(identity, order.launch.raw_network)) give_up("become the learner's user");
  if (!set_limits(identity.limits)) give_up("setrlimit");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("PR_SET_NO_NEW_PRIVS");
  if (order.launch.same_addresses) ::personality(ADDR_NO_RANDOMIZE);  // containers may refuse it
  if (filter && !filter->install()) give_up("seccomp");
  int error = ENOENT;
  for (const std::string& candidate : prepared.candidates) {
    ::execve(candidate.c_str(), prepared.argv.data(), prepared.environment.data());
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
  }
  errno = error;
  give_up("execve");
  __builtin_unreachable();
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

Prepared prepare(const Order& order, const Identity& identity, std::vector<std::string>& argv,
                 std::vector<std::string>& environment) {
  Prepared prepared{pointers(argv), pointers(environment), candidates(argv.at(0), identity.path), {}};
  for (std::size_t i = 0; i < order.fds.size(); ++i) {
    const int theirs = i < 3 ? static_cast<int>(i) : order.launch.extra.at(i - 3).second;
    prepared.descriptors.emplace_back(order.fds[i].get(), theirs);
    prepared.above = std::max(prepared.above, theirs + 1);
  }
  return prepared;
}

/// A child of ours that was not let go: nobody is to hear of it.
void discard(pid_t pid) {
  ::kill(pid, SIGKILL);  // it has not been waited for, so the number is still its own
  int status = 0;
  while (retried([&] { return ::waitpid(pid, &status, __WALL); }) == pid && WIFSTOPPED(status)) {
  }
}

/// What the child says of its set-up: nothing when exec has closed the pipe. A traced child may stop on its
/// way there.
Result outcome(pid_t pid, const Fd& report, bool traced, Tracer& tracer, std::vector<Ended>& ended) {
  for (;;) {
    pollfd polled{report.get(), POLLIN, 0};
    ::poll(&polled, 1, traced ? 1 : -1);
    while (const auto end = next_end(tracer)) ended.push_back(*end);
    if (polled.revents) break;
  }
  Failure failure{};
  const ssize_t n = retried([&] { return ::read(report.get(), &failure, sizeof failure); });
  if (n == sizeof failure) return {pid, failure.error, failure.step};
  return {pid, 0, ""};
}

}  // namespace

void hand_over(const Order& order, const Identity& identity) {
  struct stat state {};
  for (const Fd& fd : order.fds)
    if (identity.uid && ::fstat(fd.get(), &state) == 0 && S_ISFIFO(state.st_mode)) [[maybe_unused]]
      const int handed = ::fchown(fd.get(), identity.uid, identity.gid);
}

Result launch(const Order& order, const Identity& identity, Tracer& tracer,
              const std::function<void(int)>& born, std::vector<Ended>& ended) {
  std::vector<std::string> argv = order.launch.argv;
  std::vector<std::string> environment{"PATH=" + identity.path, "HOME=" + identity.directory,
                                       "TMPDIR=" + identity.directory, "LANG=C.UTF-8"};
  for (const auto& [name, value] : order.launch.environment) environment.push_back(name + "=" + value);
  Prepared prepared = prepare(order, identity, argv, environment);
  const bool traced = !order.launch.faults.empty();
  const Filter filter(order.launch.faults);  // throws on a call that no fault knows
  PipeEnds go = make_pipe(), report = make_pipe();
  hand_over(order, identity);
  // To be traced before exec a process must be dumpable (ptrace(2)): its memory belongs to the harness's user
  // namespace, where init has no capability. While it still has init's own, nobody in the room may trace it.
  if (traced) ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  const pid_t pid = ::fork();
  if (pid == 0)
    run_child(order, identity, prepared, traced ? &filter : nullptr, go.read.get(), report.write.get());
  const int fork_error = errno;
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (pid < 0) throw std::system_error(fork_error, std::generic_category(), "fork");
  try {
    if (traced) tracer.attach(pid, order.launch.faults);
    const Fd pidfd = open_pidfd(pid);
    if (!pidfd) throw_errno("pidfd_open");
    born(pidfd.get());
    checked(::write(go.write.get(), "g", 1), "write");
  } catch (...) {
    discard(pid);
    throw;
  }
  report.write.reset();
  return outcome(pid, report.read, traced, tracer, ended);
}

}  // namespace ipclab::room
