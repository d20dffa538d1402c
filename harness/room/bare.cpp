#include "room/bare.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/file.hpp"
#include "base/pidfd.hpp"

namespace ipclab::room {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kRead =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWrite = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr std::uint64_t kOfFiles =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;

bool is_within(const fs::path& path, const fs::path& directory) {
  return std::ranges::mismatch(directory, path).in1 == directory.end();
}

void allow(int rules, const fs::path& path, std::uint64_t access) {
  const Fd parent(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!parent) return;  // what cannot be opened cannot be read either
  std::error_code error;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = fs::is_directory(path, error) ? access : access & kOfFiles;
  rule.parent_fd = parent.get();
  ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/// Landlock only allows: what is to stay hidden is left out, and its neighbours are named one by one.
void allow_around(int rules, const fs::path& directory, const std::vector<fs::path>& hidden) {
  const auto leads_to_hidden = [&](const fs::path& path) {
    return std::ranges::any_of(hidden, [&](const fs::path& h) { return is_within(h, path); });
  };
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (entry.is_symlink(error)) continue;
    if (!leads_to_hidden(entry.path())) allow(rules, entry.path(), kRead);
    else if (std::ranges::find(hidden, entry.path()) == hidden.end())
      allow_around(rules, entry.path(), hidden);
  }
}

std::map<pid_t, pid_t> parents() {
  std::map<pid_t, pid_t> result;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    const auto stat = pid ? try_read_file(entry.path() / "stat") : std::nullopt;
    const auto end = stat ? stat->rfind(") ") : std::string::npos;
    if (end == std::string::npos || (*stat)[end + 2] == 'Z') continue;
    result[pid] = std::atoi(stat->c_str() + end + 4);
  }
  return result;
}

std::set<pid_t> descendants() {
  const auto all = parents();
  std::set<pid_t> found;
  for (const auto& [pid, parent] : all)
    for (pid_t p = pid; all.contains(p) && p != 1; p = all.at(p))
      if (all.at(p) == ::getpid()) found.insert(pid);
  return found;
}

void signal_all(const std::set<pid_t>& pids, int number) {
  for (const pid_t pid : pids) {
    const Fd pidfd = open_pidfd(pid);
    // Still ours? The number may have passed to another process before the descriptor was opened.
    if (pidfd && descendants().contains(pid)) signal_pidfd(pidfd, number);
  }
}

}  // namespace

Fd landlock_rules(const std::vector<fs::path>& hidden, const std::vector<fs::path>& writable) {
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = kRead | kWrite;
  Fd rules(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!rules) return rules;
  allow_around(rules.get(), "/", hidden);
  for (const fs::path& path : writable) allow(rules.get(), path, kRead | kWrite);
  return rules;
}

void end_descendants() {
  for (;;) {
    const auto living = descendants();
    signal_all(living, SIGSTOP);
    signal_all(descendants(), SIGKILL);
    while (::waitpid(-1, nullptr, __WALL | (living.empty() ? 0 : WNOHANG)) > 0) {
    }
    if (living.empty()) return;
  }
}

}  // namespace ipclab::room
