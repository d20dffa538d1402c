#include "room/remains.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/file.hpp"

namespace ipclab::room {
namespace {

namespace fs = std::filesystem;

/// /proc/sysvipc/*: a heading, then a line per object that begins with its key (proc_sysvipc(5)).
void add_sysv(Ledger& ledger, const char* file, LeftoverKind kind) {
  std::istringstream lines(try_read_file(file).value_or(""));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const auto key = static_cast<unsigned>(std::strtol(line.c_str(), nullptr, 10));
    ledger.push_back({kind, key ? fmt::format("key {:#x}", key) : "private key"});
  }
}

LeftoverKind kind_of(const fs::file_status& status) {
  if (status.type() == fs::file_type::fifo) return LeftoverKind::fifo;
  if (status.type() == fs::file_type::socket) return LeftoverKind::socket_file;
  return LeftoverKind::file;
}

void add_named(Ledger& ledger, const char* directory, LeftoverKind kind) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename();
    const bool semaphore = kind == LeftoverKind::shared_memory_object && name.starts_with("sem.");
    ledger.push_back({kind, semaphore ? "sem /" + name.substr(4) : "/" + name});
  }
}

void add_files(Ledger& ledger, const fs::path& scratch) {
  std::error_code error;
  for (auto entry =
           fs::recursive_directory_iterator(scratch, fs::directory_options::skip_permission_denied, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error))
    ledger.push_back({kind_of(entry->symlink_status(error)), entry->path().lexically_relative(scratch)});
}

}  // namespace

Ledger take_ledger(const std::string& scratch) {
  Ledger ledger;
  add_sysv(ledger, "/proc/sysvipc/shm", LeftoverKind::shared_memory_segment);
  add_sysv(ledger, "/proc/sysvipc/sem", LeftoverKind::semaphore_set);
  add_sysv(ledger, "/proc/sysvipc/msg", LeftoverKind::message_queue);
  add_named(ledger, "/dev/shm", LeftoverKind::shared_memory_object);
  add_named(ledger, "/dev/mqueue", LeftoverKind::posix_queue);
  add_files(ledger, scratch);
  std::ranges::sort(ledger);
  return ledger;
}

}  // namespace ipclab::room
