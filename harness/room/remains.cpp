#include "room/remains.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "base/file.hpp"

namespace ipclab::room {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 1000;
constexpr int kMostLevels = 40;

/// /proc/sysvipc/*: a heading, then a line per object that begins with its key (proc_sysvipc(5)). `uid_at` is
/// the column of its owner.
void add_sysv(Ledger& ledger, const char* file, LeftoverKind kind, std::size_t uid_at,
              std::optional<uid_t> owner) {
  std::istringstream lines(try_read_file(file).value_or(""));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream numbers(line);
    std::vector<long long> columns;
    for (long long number; numbers >> number;) columns.push_back(number);
    if (columns.size() <= uid_at || (owner && columns[uid_at] != *owner)) continue;
    const auto key = static_cast<unsigned>(columns[0]);
    ledger.push_back({kind, key ? fmt::format("key {:#x}", key) : "private key"});
  }
}

LeftoverKind kind_of(const fs::file_status& status) {
  if (status.type() == fs::file_type::fifo) return LeftoverKind::fifo;
  if (status.type() == fs::file_type::socket) return LeftoverKind::socket_file;
  return LeftoverKind::file;
}

bool belongs_to(const fs::path& path, std::optional<uid_t> owner) {
  struct stat state {};
  return !owner || (::lstat(path.c_str(), &state) == 0 && state.st_uid == *owner);
}

void add_named(Ledger& ledger, const char* directory, LeftoverKind kind, std::optional<uid_t> owner) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (ledger.size() >= kMostEntries) return;
    if (!belongs_to(entry.path(), owner)) continue;
    const std::string name = entry.path().filename();
    const bool semaphore = kind == LeftoverKind::shared_memory_object && name.starts_with("sem.");
    ledger.push_back({kind, semaphore ? "sem /" + name.substr(4) : "/" + name});
  }
}

void add_files(Ledger& ledger, const fs::path& scratch) {
  std::error_code error;
  for (auto entry =
           fs::recursive_directory_iterator(scratch, fs::directory_options::skip_permission_denied, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (ledger.size() >= kMostEntries) return;
    if (entry.depth() >= kMostLevels) entry.disable_recursion_pending();
    ledger.push_back({kind_of(entry->symlink_status(error)), entry->path().lexically_relative(scratch)});
  }
}

}  // namespace

Ledger take_ledger(const std::string& scratch, std::optional<uid_t> owner) {
  Ledger ledger;
  add_sysv(ledger, "/proc/sysvipc/shm", LeftoverKind::shared_memory_segment, 7, owner);
  add_sysv(ledger, "/proc/sysvipc/sem", LeftoverKind::semaphore_set, 4, owner);
  add_sysv(ledger, "/proc/sysvipc/msg", LeftoverKind::message_queue, 7, owner);
  add_named(ledger, "/dev/mqueue", LeftoverKind::posix_queue, owner);
  add_named(ledger, "/dev/shm", LeftoverKind::shared_memory_object, owner);
  add_files(ledger, scratch);
  std::ranges::sort(ledger);
  return ledger;
}

}  // namespace ipclab::room
