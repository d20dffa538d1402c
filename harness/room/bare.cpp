#include "room/bare.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/pidfd.hpp"
#include "base/syscall.hpp"

namespace ipclab::room {
namespace {

namespace fs = std::filesystem;

// Later than Debian 12's <linux/landlock.h>: landlock(7) names the version of each.
constexpr std::uint64_t kRefer = 1u << 13, kTruncate = 1u << 14;  // versions 2, 3
constexpr std::uint64_t kAbstractSockets = 1, kSignals = 2;       // version 6: "scoped"
struct RulesetAttributes {  // an older kernel takes the longer form when what it does not know is 0
  std::uint64_t files = 0, network = 0, scoped = 0;
};

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kWrite = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr std::uint64_t kContents = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t kOfFiles = kRead | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;

bool is_within(const fs::path& path, const fs::path& directory) {
  return std::ranges::mismatch(directory, path).in1 == directory.end();
}

/// A ruleset of Landlock: it only allows. Directories may be listed everywhere: `ls /` must work, and a name
/// is no secret.
class Rules {
 public:
  Rules(int version, bool contents) : access_(kRead | kWrite) {
    if (!contents) access_ &= ~kContents;
    if (version >= 2) access_ |= kRefer;
    if (version >= 3) access_ |= kTruncate;
    const RulesetAttributes attributes{access_, 0, version >= 6 ? kAbstractSockets | kSignals : 0};
    fd_.reset(
        checked(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)),
                "landlock_create_ruleset"));
  }

  void allow_reading(const fs::path& path) const { allow(path, kRead); }
  void allow_everything(const fs::path& path) const { allow(path, access_); }

  /// What is to stay hidden is left out, and its neighbours are named one by one.
  void allow_reading_around(const fs::path& directory, const std::vector<fs::path>& hidden) const {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
      const fs::path& path = entry.path();
      if (entry.is_symlink(error)) continue;
      if (std::ranges::none_of(hidden, [&](const fs::path& h) { return is_within(h, path); }))
        allow_reading(path);
      else if (std::ranges::find(hidden, path) == hidden.end()) allow_reading_around(path, hidden);
    }
  }

  void restrict_self() const {
    checked(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
    checked(static_cast<int>(::syscall(SYS_landlock_restrict_self, fd_.get(), 0)), "landlock_restrict_self");
  }

 private:
  void allow(const fs::path& path, std::uint64_t access) const {
    const Fd parent(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!parent) return;  // what cannot be opened cannot be read either
    std::error_code error;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = access_ & (fs::is_directory(path, error) ? access : access & kOfFiles);
    if (!rule.allowed_access) return;
    rule.parent_fd = parent.get();
    checked(
        static_cast<int>(::syscall(SYS_landlock_add_rule, fd_.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0)),
        "landlock_add_rule");
  }

  std::uint64_t access_;
  Fd fd_;
};

/// Every process of the machine and its parent. Zombies too: one may be the first thread of a process whose
/// others go on.
std::map<pid_t, pid_t> parents() {
  std::map<pid_t, pid_t> result;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    const auto stat = pid ? try_read_file(entry.path() / "stat") : std::nullopt;
    const auto end = stat ? stat->rfind(") ") : std::string::npos;
    if (end != std::string::npos) result[pid] = std::atoi(stat->c_str() + end + 4);
  }
  return result;
}

std::set<pid_t> descendants() {
  const auto all = parents();
  std::set<pid_t> found;
  for (const auto& [pid, parent] : all) {
    std::size_t steps = 0;  // the table is no snapshot: numbers that passed on could make it a circle
    for (auto at = all.find(pid); at != all.end() && steps++ < all.size(); at = all.find(at->second))
      if (at->second == ::getpid()) found.insert(pid);
  }
  return found;
}

void signal_descendants(int number) {
  std::map<pid_t, Fd> pidfds;
  for (const pid_t pid : descendants()) pidfds[pid] = open_pidfd(pid);
  // Still ours? A number may have passed to a stranger before its descriptor was opened.
  for (const pid_t pid : descendants())
    if (const auto found = pidfds.find(pid); found != pidfds.end() && found->second)
      signal_pidfd(found->second, number);
}

void make_readable(const fs::path& path) {
  using enum fs::perms;
  const bool executable = (fs::status(path).permissions() & owner_exec) != none;
  fs::permissions(path, others_read | (executable ? others_exec : none), fs::perm_options::add);
}

void copy_readable(const fs::path& from, const fs::path& to) {
  fs::copy(from, to, fs::copy_options::recursive);
  make_readable(to);
  if (!fs::is_directory(to)) return;
  for (const auto& entry : fs::recursive_directory_iterator(to)) make_readable(entry.path());
}

}  // namespace

bool queues_are_mounted() {
  constexpr long kQueues = 0x19800202;  // linux/magic.h names it only in newer kernels: MQUEUE_MAGIC
  struct statfs state {};
  return ::statfs("/dev/mqueue", &state) == 0 && state.f_type == kQueues;
}

Confinement confine(const std::vector<fs::path>& hidden, const std::vector<fs::path>& writable) {
  const int version =
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (version < 1) return {};
  // A message queue's file stands on no path but that of its own file system, so a ruleset about the contents
  // of files forbids mq_open(3), unless it has a rule for that file system's root: it can only have one where
  // it is mounted (tests/kernel/room_landlock_mqueue.cpp).
  const bool contents = queues_are_mounted();
  const Rules rules(version, contents);
  std::vector<fs::path> real;
  for (const fs::path& path : hidden) real.push_back(fs::weakly_canonical(path));
  rules.allow_reading_around("/", real);
  for (const fs::path& path : writable) rules.allow_everything(path);
  if (contents) rules.allow_everything("/dev/mqueue");
  rules.restrict_self();
  return {contents, version >= 6};
}

void end_descendants() {
  for (;;) {
    while (::waitpid(-1, nullptr, __WALL | WNOHANG) > 0) {
    }
    if (descendants().empty()) return;
    signal_descendants(SIGSTOP);
    signal_descendants(SIGKILL);
    ::waitpid(-1, nullptr, __WALL);  // a child of ours was among them
  }
}

std::string make_base(const Options& options, unsigned learner_uid) {
  std::string base = (fs::temp_directory_path() / "ipclab-XXXXXX").string();
  if (!::mkdtemp(base.data())) throw_errno("mkdtemp " + base);
  fs::permissions(base, fs::perms(0755));
  const std::string scratch = base + "/scratch";
  fs::create_directory(scratch);
  if (learner_uid) checked(::chown(scratch.c_str(), learner_uid, learner_uid), "chown");
  if (!options.programs.empty()) copy_readable(options.programs, base + "/bin");
  for (const auto& [source, target] : options.binds) {
    fs::create_directories(fs::path(base + "/" + target).parent_path());
    copy_readable(source, base + "/" + target);
  }
  return base;
}

}  // namespace ipclab::room
