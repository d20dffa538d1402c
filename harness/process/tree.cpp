// Theory of operation. Boost.Process v2 forks; a hook of ours (Kept) runs in its child, forks once more and
// stays there as the keeper, and executes the program in the grandchild. Three channels:
//
//   Boost's own  execve's errno, from grandchild to us; closed by a successful exec, and by the keeper
//   orders       us to keeper: a byte, or our death, ends the tree
//   reports      keeper to us: the program's pid, then its status
//
// Traps of v2 (Boost 1.81 to 1.84) and how they are avoided: a reused io_context wakes a later launch's wait,
// so each launch has one of its own and waits by a pidfd without it; a hook that fails leaves by ::exit(),
// which prints our buffers again, and close_all_fds() misses some, so the hook closes, executes and _exits
// itself; posix::bind_fd has undefined behaviour (no return), so the hook binds; the failed child stays a
// zombie, so we wait for it.
#include "process/tree.hpp"

#include <memory>         // before Boost.Process, whose headers in 1.81 rely on them
#include <unordered_map>  //

#include <boost/asio/io_context.hpp>
#include <boost/process/v2/environment.hpp>
#include <boost/process/v2/process.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "base/syscall.hpp"
#include "process/keeper.hpp"

namespace ipclab::process {
namespace {

namespace v2 = boost::process::v2;
using Launcher = v2::posix::default_launcher;

/// Runs between fork and exec: nothing here allocates.
struct Kept {
  const Tree::Start& start;
  Keeping keeping;
  const char* directory;
  const char* const* environment;

  v2::error_code on_exec_setup(Launcher& launcher, const v2::filesystem::path& executable,
                               const char* const* argv) const {
    const int errors = launcher.fd_whitelist.back();  // Boost's pipe for execve's errno
    if (start.own_session) ::setsid();
    if (become_kept(keeping) == 0 && bind_streams() && (*directory == '\0' || ::chdir(directory) == 0)) {
      ::close_range(static_cast<unsigned>(start.streams.size()), ~0U, CLOSE_RANGE_CLOEXEC);
      ::execve(executable.c_str(), const_cast<char* const*>(argv), const_cast<char* const*>(environment));
    }
    const int error = errno;
    (void)!::write(errors, &error, sizeof error);
    ::_exit(127);
  }

  bool bind_streams() const {  // all of them are above the numbers they become: see high()
    for (std::size_t i = 0; i < start.streams.size(); ++i)
      if (::dup2(start.streams[i], static_cast<int>(i)) < 0) return false;
    return true;
  }
};

/// A duplicate out of the way of the numbers that the program's streams get.
Fd high(int fd) { return Fd(checked(::fcntl(fd, F_DUPFD_CLOEXEC, 16), "fcntl(F_DUPFD_CLOEXEC)")); }

/// While it lives no new descriptor, so none of Boost's either, gets one of those numbers.
std::vector<Fd> low_numbers_taken(std::size_t count) {
  std::vector<Fd> taken;
  for (;;) {
    Fd fd(checked(::open("/dev/null", O_RDWR | O_CLOEXEC), "/dev/null"));
    if (fd.get() >= static_cast<int>(count)) return taken;
    taken.push_back(std::move(fd));
  }
}

std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& replacements) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    bool replaced = false;
    for (const auto& [key, value] : replacements) replaced |= key == name;
    if (!replaced) all.push_back(text);
  }
  for (const auto& [key, value] : replacements) all.push_back(key + "=" + value);
  return all;
}

v2::filesystem::path executable_of(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  auto found = v2::environment::find_executable(name);
  if (found.empty()) throw std::system_error(ENOENT, std::generic_category(), name);
  return found;
}

}  // namespace

struct Tree::Impl {
  boost::asio::io_context context;  // asks for nothing; v2 wants one for its handle
  std::optional<v2::process> process;
  Fd pidfd, orders, reports;
  pid_t keeper = 0, program = 0;
  std::optional<int> status;
  bool reaped = false;

  void launch(Start start);
  void take_reports();
};

void Tree::Impl::launch(Start start) {
  if (start.argv.empty()) throw std::system_error(EINVAL, std::generic_category(), "no command");
  const auto executable = executable_of(start.argv[0]);
  const std::vector<Fd> guard = low_numbers_taken(start.streams.size());
  std::vector<Fd> streams;
  for (int& fd : start.streams) fd = streams.emplace_back(high(fd)).get();
  PipeEnds report_pipe = make_pipe();
  int ends[2];  // a socket, because send(2) can be told not to raise SIGPIPE
  checked(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
  orders.reset(ends[0]);
  const Fd keepers_orders(ends[1]);

  const auto environment = environment_with(start.environment);
  std::vector<const char*> pointers;
  for (const std::string& entry : environment) pointers.push_back(entry.c_str());
  pointers.push_back(nullptr);

  const Kept kept{start,
                  {keepers_orders.get(), report_pipe.write.get(), start.outlives},
                  start.directory.c_str(),
                  pointers.data()};
  Launcher launcher;
  v2::error_code failure;
  std::vector<std::string> arguments(start.argv.begin() + 1, start.argv.end());
  process.emplace(launcher(context.get_executor(), failure, executable, arguments, kept));
  if (failure) {
    if (launcher.pid > 0) ::waitpid(launcher.pid, nullptr, 0);
    throw std::system_error(failure.value(), std::generic_category(), start.argv[0]);
  }
  keeper = process->id();
  pidfd.reset(checked(static_cast<int>(::syscall(SYS_pidfd_open, keeper, 0)), "pidfd_open"));
  reports = std::move(report_pipe.read);
  set_nonblocking(reports.get());
}

void Tree::Impl::take_reports() {
  Report report;
  while (::read(reports.get(), &report, sizeof report) == sizeof report)
    (report.kind == Report::Kind::started ? program : status.emplace()) = report.value;
}

Tree::Tree(const Start& start) : impl_(std::make_unique<Impl>()) {
  impl_->launch(start);
  impl_->take_reports();  // the keeper has told the pid before it let go of Boost's pipe
}

Tree::~Tree() {
  end();
  pollfd wait{impl_->pidfd.get(), POLLIN, 0};
  while (!gone()) ::poll(&wait, 1, -1);
}

pid_t Tree::program() const { return impl_->program; }
pid_t Tree::keeper() const { return impl_->keeper; }
int Tree::gone_fd() const { return impl_->pidfd.get(); }
int Tree::status_fd() const { return impl_->reports.get(); }

bool Tree::gone() {
  if (impl_->reaped) return true;
  siginfo_t info{};
  const int result = ::waitid(P_PIDFD, static_cast<id_t>(impl_->pidfd.get()), &info, WEXITED | WNOHANG);
  if (result == 0 && info.si_pid == 0) return false;
  impl_->take_reports();
  impl_->process->detach();  // its destructor would wait for a pid that is no longer ours
  return impl_->reaped = true;
}

std::optional<int> Tree::status() {
  impl_->take_reports();
  return impl_->status;
}

void Tree::end() {
  if (!gone()) ::send(impl_->orders.get(), "", 1, MSG_NOSIGNAL);
}

}  // namespace ipclab::process
