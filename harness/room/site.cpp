#include "room/site.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/syscall.hpp"
#include "room/mounts.hpp"

namespace ipclab::room {
namespace {

constexpr char kMachinePath[] = "/bin:/usr/local/bin:/usr/bin:/bin";  // behind the lab's own directory

/// Where the kernel lets us: an older one keeps some of these for the machine's root.
void try_write(const char* file, const std::string& text) {
  const Fd fd(::open(file, O_WRONLY | O_CLOEXEC));
  [[maybe_unused]] const ssize_t written = fd ? ::write(fd.get(), text.data(), text.size()) : 0;
}

/// What no resource limit of a process covers.
void limit_namespaces(const Limits& limits) {
  const auto pages = std::max<std::size_t>(1, limits.memory / static_cast<std::size_t>(::getpagesize()));
  try_write("/proc/sys/kernel/shmall", std::to_string(pages));  // segments need no process to hold them
  try_write("/proc/sys/user/max_user_namespaces", "0");         // no program is to be root of anything
}

/// When memory runs out, programs of a room go first. Inherited by all of them.
void offer_to_oom_killer() { try_write("/proc/self/oom_score_adj", "1000"); }

/// Tasks that the user has already, elsewhere: RLIMIT_NPROC counts them where there is no user namespace of
/// our own.
unsigned tasks_of(unsigned uid) {
  unsigned tasks = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const auto status = try_read_file(entry.path() / "status");
    if (status && status->find(fmt::format("\nUid:\t{}\t", uid)) != std::string::npos)
      tasks += static_cast<unsigned>(std::atoi(status->c_str() + status->find("\nThreads:") + 9));
  }
  return tasks;
}

}  // namespace

Identity set_up_namespaces(const Options& options, const Site& site) {
  build_root(options);
  raise_loopback();
  checked(::sethostname("room", 4), "sethostname");
  limit_namespaces(options.limits);
  offer_to_oom_killer();
  Identity identity;
  identity.limits = options.limits;
  identity.uid = identity.gid = site.learner_uid;
  identity.directory = "/tmp";
  identity.path = std::string("/lab") + kMachinePath;
  return identity;
}

Identity set_up_bare(const Options& options, const Site& site, Confinement& confinement) {
  checked(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "PR_SET_CHILD_SUBREAPER");
  offer_to_oom_killer();
  Identity identity;
  identity.limits = options.limits;
  identity.uid = identity.gid = site.learner_uid;
  identity.drop_capabilities = site.learner_uid != 0;
  identity.directory = site.base + "/scratch";
  identity.path = site.base + kMachinePath;
  identity.limits.processes += tasks_of(site.learner_uid ? site.learner_uid : ::geteuid());
  std::vector<std::filesystem::path> writable{site.base, "/dev"};
  if (!options.output.empty()) writable.push_back(options.output);
  confinement = confine(options.hidden, writable);
  checked(::chdir(identity.directory.c_str()), "chdir");
  return identity;
}

}  // namespace ipclab::room
