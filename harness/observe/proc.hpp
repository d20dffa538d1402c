// /proc, read as it is (proc(5)): one function per file, no interpretation beyond the format.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ipclab::observe {

/// A thread as the kernel shows it at one moment.
struct RawThread {
  int tid = 0;
  char state = '?';            // R, S, D, T (stopped), t (held by a tracer), Z, X
  std::uint64_t switches = 0;  // times it was given a CPU
  std::uint64_t cpu_ns = 0;
  std::uint64_t wait_ns = 0;  // runnable, waiting for a CPU
  bool in_call = false;       // switched out in a system call: the rest is valid
  bool unreadable = false;    // /proc/PID/syscall may not be read
  long number = -1;
  std::uint64_t arguments[6] = {};
  std::uint64_t stack_pointer = 0, program_counter = 0;

  bool exiting = false;  // on its way out, whatever it still sleeps for

  /// Until somebody outside the kernel acts, or a time comes. Not in state D, which ends by itself (a disk, a
  /// lock of the kernel's own), except for who waits in vfork(2).
  bool asleep() const;
};

struct RawProcess {
  int pid = 0, parent = 0;
  std::string program;
  std::uint64_t start_time = 0;
  bool zombie = false;
  std::vector<RawThread> threads;
};

/// Nothing when the process is gone.
std::optional<RawProcess> read_process(int pid);
std::vector<int> read_children(int pid);

/// Bytes in memory that are no file's and nobody's shared memory. What a fork still has in common with its
/// parent is divided among them, so a tree's sum counts no page twice.
std::size_t read_private_memory(int pid);

/// /proc/PID/status, by field name; the values without leading white space.
std::map<std::string, std::string> read_status(int pid);

struct Mapping {
  std::uint64_t begin = 0, end = 0, offset = 0;
  bool shared = false, executable = false;
  std::string device;  // "00:01"
  std::uint64_t inode = 0;
  std::string path;
};
std::vector<Mapping> read_maps(int pid);

/// /proc/locks (proc_locks(5)).
struct LockLine {
  int id = 0;
  bool waiting = false;
  std::string type;  // POSIX, FLOCK, OFDLCK
  int pid = 0;       // -1: belongs to an open file description
  std::string file;  // "08:01:1234"
  std::string begin, end;
};
std::vector<LockLine> read_locks();

/// Bytes of the process's memory; false when they cannot be read (process_vm_readv(2)).
bool read_memory(int pid, std::uint64_t address, void* into, std::size_t size);
template <typename T>
std::optional<T> read_value(int pid, std::uint64_t address) {
  T value{};
  if (!read_memory(pid, address, &value, sizeof value)) return std::nullopt;
  return value;
}
/// A text of at most 255 bytes that ends with a zero.
std::string read_text(int pid, std::uint64_t address);

}  // namespace ipclab::observe
