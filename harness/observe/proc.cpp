#include "observe/proc.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "base/fd.hpp"
#include "base/file.hpp"

namespace ipclab::observe {
namespace {

/// A small file of /proc in one read; empty when it cannot be read.
std::string_view read_small(const char* path, char (&buffer)[4096], int* error = nullptr) {
  const Fd fd(::open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t n = fd ? ::read(fd.get(), buffer, sizeof buffer - 1) : -1;
  if (error) *error = n < 0 ? errno : 0;
  buffer[std::max<ssize_t>(n, 0)] = 0;
  return {buffer, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
}

/// "schedstat" counts the times a task was given a CPU; without it (no CONFIG_SCHED_INFO) "status" counts the
/// times it lost one, which is as good.
void read_switches(const char* directory, RawThread& thread) {
  char path[128], buffer[4096];
  std::snprintf(path, sizeof path, "%s/schedstat", directory);
  const std::string_view text = read_small(path, buffer);
  if (std::sscanf(text.data(), "%lu %lu %lu", &thread.cpu_ns, &thread.wait_ns, &thread.switches) == 3) return;
  std::snprintf(path, sizeof path, "%s/status", directory);
  const std::string_view status = read_small(path, buffer);
  for (const char* field : {"\nvoluntary_ctxt_switches:", "\nnonvoluntary_ctxt_switches:"})
    if (const auto at = status.find(field); at != std::string_view::npos)
      thread.switches += std::strtoull(status.data() + at + std::strlen(field), nullptr, 10);
}

void read_call(const char* directory, RawThread& thread) {
  char path[128], buffer[4096];
  std::snprintf(path, sizeof path, "%s/syscall", directory);
  int error = 0;
  const std::string_view text = read_small(path, buffer, &error);
  thread.unreadable = error == EPERM || error == EACCES;
  auto& a = thread.arguments;
  const int fields =
      std::sscanf(text.data(), "%ld %lx %lx %lx %lx %lx %lx %lx %lx", &thread.number, &a[0], &a[1], &a[2],
                  &a[3], &a[4], &a[5], &thread.stack_pointer, &thread.program_counter);
  thread.in_call = fields == 9;
}

/// "PID (NAME) STATE PPID …": the name may have spaces and parentheses.
struct Stat {
  char state = '?';
  int parent = 0;
  bool exiting = false;
  std::uint64_t start_time = 0;
  std::string name;
};

std::optional<Stat> read_stat(const char* directory) {
  char path[128], buffer[4096];
  std::snprintf(path, sizeof path, "%s/stat", directory);
  const std::string_view text = read_small(path, buffer);
  const auto open = text.find('('), close = text.rfind(')');
  if (close == std::string_view::npos) return std::nullopt;
  Stat stat;
  stat.name = text.substr(open + 1, close - open - 1);
  const char* rest = buffer + close + 2;
  constexpr unsigned kExiting = 4;  // PF_EXITING of <linux/sched.h>
  unsigned flags = 0;
  std::sscanf(rest, "%c %d %*d %*d %*d %*d %u", &stat.state, &stat.parent, &flags);
  stat.exiting = flags & kExiting;
  for (int field = 3; field < 22 && rest; ++field) {
    rest = std::strchr(rest, ' ');
    if (rest) ++rest;
  }
  if (rest) stat.start_time = std::strtoull(rest, nullptr, 10);
  return stat;
}

std::vector<int> numbered_entries(const char* directory) {
  std::vector<int> numbers;
  DIR* dir = ::opendir(directory);
  if (!dir) return numbers;
  while (const dirent* entry = ::readdir(dir))
    if (const int number = std::atoi(entry->d_name); number > 0) numbers.push_back(number);
  ::closedir(dir);
  return numbers;
}

}  // namespace

bool RawThread::asleep() const {
  if (exiting) return false;
  if (state == 'D') return in_call && (number == SYS_vfork || number == SYS_clone || number == SYS_clone3);
  return state == 'S' || state == 'T' || state == 't';
}

std::optional<RawProcess> read_process(int pid) {
  char directory[48];
  std::snprintf(directory, sizeof directory, "/proc/%d", pid);
  const auto stat = read_stat(directory);
  if (!stat) return std::nullopt;
  RawProcess process{
      pid, stat->parent, stat->name, stat->start_time, stat->state == 'Z' || stat->state == 'X', {}};
  std::snprintf(directory, sizeof directory, "/proc/%d/task", pid);
  for (const int tid : numbered_entries(directory)) {
    char task[64];
    std::snprintf(task, sizeof task, "/proc/%d/task/%d", pid, tid);
    RawThread thread;
    thread.tid = tid;
    read_switches(task, thread);
    const auto now = read_stat(task);
    if (!now) continue;
    thread.state = now->state;
    thread.exiting = now->exiting;
    if (thread.state == 'Z' || thread.state == 'X')
      continue;  // a leader that ended before its threads, or the last breath
    if (thread.state != 'R') read_call(task, thread);
    process.threads.push_back(thread);
  }
  if (process.zombie && !process.threads.empty())
    process.zombie = false;  // only the leading thread has ended
  return process;
}

std::vector<int> read_children(int pid) {
  std::vector<int> children;
  char path[128];
  std::snprintf(path, sizeof path, "/proc/%d/task", pid);
  for (const int tid : numbered_entries(path)) {
    std::istringstream list(try_read_file(fmt::format("/proc/{}/task/{}/children", pid, tid)).value_or(""));
    for (int child; list >> child;) children.push_back(child);
  }
  return children;
}

std::size_t read_private_memory(int pid) {
  constexpr std::string_view kField = "\nPss_Anon:";  // in KiB (proc_pid_smaps_rollup(5))
  const std::string text = try_read_file(fmt::format("/proc/{}/smaps_rollup", pid)).value_or("");
  const auto at = text.find(kField);
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + kField.size(), nullptr, 10) << 10;
}

std::map<std::string, std::string> read_status(int pid) {
  std::map<std::string, std::string> fields;
  std::istringstream lines(try_read_file(fmt::format("/proc/{}/status", pid)).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto value = line.find_first_not_of(" \t", colon + 1);
    fields[line.substr(0, colon)] = value == std::string::npos ? "" : line.substr(value);
  }
  return fields;
}

std::vector<Mapping> read_maps(int pid) {
  std::vector<Mapping> maps;
  std::istringstream lines(try_read_file(fmt::format("/proc/{}/maps", pid)).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    Mapping map;
    char permissions[8] = {}, device[16] = {};
    int path_at = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx %7s %lx %15s %lu %n", &map.begin, &map.end, permissions,
                    &map.offset, device, &map.inode, &path_at) < 6)
      continue;
    map.shared = permissions[3] == 's';
    map.executable = permissions[2] == 'x';
    map.device = device;
    if (path_at) map.path = line.substr(static_cast<std::size_t>(path_at));
    maps.push_back(std::move(map));
  }
  return maps;
}

std::vector<LockLine> read_locks() {
  std::vector<LockLine> locks;
  std::istringstream lines(try_read_file("/proc/locks").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    LockLine lock;
    std::string id, mode, access;
    words >> id >> lock.type;
    if (lock.type == "->") {
      lock.waiting = true;
      words >> lock.type;
    }
    words >> mode >> access >> lock.pid >> lock.file >> lock.begin >> lock.end;
    lock.id = std::atoi(id.c_str());
    locks.push_back(std::move(lock));
  }
  return locks;
}

bool read_memory(int pid, std::uint64_t address, void* into, std::size_t size) {
  const iovec local{into, size};
  const iovec remote{reinterpret_cast<void*>(address), size};
  return ::process_vm_readv(pid, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(size);
}

std::string read_text(int pid, std::uint64_t address) {
  char text[256] = {};
  // The text may end close to the end of its page: read up to there, and on only if it goes on.
  const std::size_t first = std::min<std::size_t>(sizeof text - 1, 4096 - address % 4096);
  if (!read_memory(pid, address, text, first)) return "";
  if (std::strlen(text) == first) read_memory(pid, address + first, text + first, sizeof text - 1 - first);
  return text;
}

}  // namespace ipclab::observe
