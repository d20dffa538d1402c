#include "room/remains.hpp"

#include <fmt/format.h>
#include <mqueue.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <vector>

#include "base/file.hpp"

namespace ipclab::room {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 1000;
constexpr int kMostLevels = 40;

constexpr char kKey[] = "key ";
constexpr char kSemaphore[] = "sem ";

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
    ledger.push_back({kind, key ? fmt::format("{}{:#x}", kKey, key) : "private key"});
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
    ledger.push_back({kind, semaphore ? std::string(kSemaphore) + "/" + name.substr(4) : "/" + name});
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

void remove(const Leftover& left) {
  const std::string& name = left.name;
  if (left.kind == LeftoverKind::posix_queue) ::mq_unlink(name.c_str());
  if (left.kind == LeftoverKind::shared_memory_object && name.starts_with(kSemaphore))
    ::sem_unlink(name.c_str() + std::strlen(kSemaphore));
  else if (left.kind == LeftoverKind::shared_memory_object) ::shm_unlink(name.c_str());
  if (!name.starts_with(kKey)) return;
  const auto key = static_cast<key_t>(std::stoul(name.substr(std::strlen(kKey)), nullptr, 16));
  if (left.kind == LeftoverKind::shared_memory_segment) ::shmctl(::shmget(key, 0, 0), IPC_RMID, nullptr);
  if (left.kind == LeftoverKind::semaphore_set) ::semctl(::semget(key, 0, 0), 0, IPC_RMID);
  if (left.kind == LeftoverKind::message_queue) ::msgctl(::msgget(key, 0), IPC_RMID, nullptr);
}

}  // namespace

void remove_objects(const Ledger& ledger) {
  for (const Leftover& left : ledger) remove(left);
}

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
