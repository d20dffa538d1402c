#include "room/tracee.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "base/file.hpp"
#include "base/text.hpp"
#include "room/calls.hpp"

namespace ipclab::room {
namespace {

/// AT_BASE of getauxval(3): where the kernel has mapped the interpreter; 0 in a static program.
std::uint64_t loader_base(pid_t pid) {
  const std::string bytes = try_read_file(fmt::format("/proc/{}/auxv", pid)).value_or("");
  ElfW(auxv_t) entry;
  for (std::size_t at = 0; at + sizeof entry <= bytes.size(); at += sizeof entry) {
    std::memcpy(&entry, bytes.data() + at, sizeof entry);
    if (entry.a_type == AT_BASE) return entry.a_un.a_val;
  }
  return 0;
}

/// "7f…-7f… r-xp 00001000 fe:00 1234   /lib64/ld-linux-x86-64.so.2" (proc(5))
struct Mapping {
  std::uint64_t begin = 0, end = 0;
  std::string_view path;
};
Mapping parse_mapping(std::string_view line) {
  Mapping mapping;
  const char* const stop = line.data() + line.size();
  const auto dash = std::from_chars(line.data(), stop, mapping.begin, 16).ptr;
  if (dash < stop) std::from_chars(dash + 1, stop, mapping.end, 16);
  if (const auto slash = line.find('/'); slash != line.npos) mapping.path = line.substr(slash);
  return mapping;
}

std::pair<std::uint64_t, std::uint64_t> loader_of(pid_t pid) {
  const std::uint64_t base = loader_base(pid);
  if (base == 0) return {};
  const std::string maps = try_read_file(fmt::format("/proc/{}/maps", pid)).value_or("");
  std::uint64_t end = base;
  std::string path;
  for (const std::string& line : split(maps, '\n')) {
    const Mapping mapping = parse_mapping(line);
    if (mapping.begin == base) path = mapping.path;
    if (!path.empty() && mapping.path == path) end = mapping.end;
  }
  return {base, end};
}

std::string executed_by(pid_t pid) {
  std::error_code ignored;
  return std::filesystem::read_symlink(fmt::format("/proc/{}/exe", pid), ignored).filename();
}

bool is_on(Fault::On on, pid_t pid, std::uint64_t fd) {
  if (on == Fault::On::any) return true;
  struct stat status;
  if (::stat(fmt::format("/proc/{}/fd/{}", pid, static_cast<int>(fd)).c_str(), &status) != 0) return false;
  if (on == Fault::On::pipe) return S_ISFIFO(status.st_mode);
  if (on == Fault::On::socket) return S_ISSOCK(status.st_mode);
  return S_ISREG(status.st_mode);
}

/// A call that does not wait cannot be interrupted: EINTR would be an answer that the manual rules
/// out.
bool never_sleeps(const Registers& registers, pid_t pid) {
  const auto has = [&](int argument, long flag) {
    return (registers.argument(argument) & static_cast<std::uint64_t>(flag)) != 0;
  };
  switch (registers.call()) {
    case SYS_wait4:
      return has(2, WNOHANG);
    case SYS_waitid:
      return has(3, WNOHANG);
    case SYS_flock:
      return has(1, LOCK_NB);
    case SYS_msgsnd:
      return has(3, IPC_NOWAIT);
    case SYS_msgrcv:
      return has(4, IPC_NOWAIT);
    case SYS_fcntl:
      return registers.argument(1) != F_SETLKW && registers.argument(1) != F_OFD_SETLKW;
    case SYS_poll:
      return static_cast<int>(registers.argument(2)) == 0;
    case SYS_rt_sigtimedwait: {
      timespec time{};
      return registers.argument(2) != 0 && read_memory(pid, registers.argument(2), &time, sizeof time) &&
             time.tv_sec == 0 && time.tv_nsec == 0;
    }
    case SYS_recvmsg:
    case SYS_sendmsg:
      return has(2, MSG_DONTWAIT);
    case SYS_recvfrom:
    case SYS_sendto:
      return has(3, MSG_DONTWAIT);
    case SYS_futex: {
      const auto operation = registers.argument(1) & FUTEX_CMD_MASK;
      return operation != FUTEX_WAIT && operation != FUTEX_WAIT_BITSET && operation != FUTEX_LOCK_PI &&
             operation != FUTEX_WAIT_REQUEUE_PI;
    }
    default:
      return false;
  }
}

/// Its descriptor, or this one call, returns at once when it has nothing.
bool does_not_wait(const Registers& registers, pid_t pid) {
  if (never_sleeps(registers, pid)) return true;
  const auto info =
      try_read_file(fmt::format("/proc/{}/fdinfo/{}", pid, static_cast<int>(registers.argument(0))));
  if (!info) return false;
  const auto flags = info->find("flags:");
  return flags != info->npos && (std::strtol(info->c_str() + flags + 6, nullptr, 8) & O_NONBLOCK) != 0;
}

/// Nothing interrupts who blocks every signal that can be.
bool blocks_signals(pid_t tid) {
  std::uint64_t blocked = 0;
  if (::ptrace(PTRACE_GETSIGMASK, tid, sizeof blocked, &blocked) != 0) return false;
  for (int signal = 1; signal < SIGSYS; ++signal)
    if (signal != SIGKILL && signal != SIGSTOP && !(blocked >> (signal - 1) & 1)) return false;
  return true;
}

}  // namespace

void Tracee::executes() {
  executed = true;
  program = executed_by(pid);
  if (first_program.empty()) first_program = program;
  loader = loader_of(pid);
  std::ranges::fill(counts, 0);
  signals.clear();  // execve(2): what was caught is as by default again
}

Tracee Tracee::forked(pid_t child) const {
  Tracee copy = *this;
  copy.pid = child;
  if (tally) copy.tally = std::make_shared<Tally>(tally);
  std::ranges::fill(copy.counts, 0);
  return copy;
}

bool Tracee::loads(const Registers& registers) const {
  return registers.instruction() >= loader.first && registers.instruction() < loader.second;
}

bool Tracee::counts_for(const Fault& fault, const Registers& registers, pid_t tid) const {
  if (fault.kind == Fault::Kind::count) return false;
  const Call& call = call_named(fault.call);
  const bool interrupts = fault.kind == Fault::Kind::interrupt || fault.kind == Fault::Kind::interrupt_late;
  const bool finds_nothing = fault.kind == Fault::Kind::fail && fault.value == EAGAIN && call.has_fd;
  return std::ranges::count(call.numbers, registers.call()) > 0 &&
         program == (fault.program.empty() ? first_program : fault.program) &&
         is_on(fault.on, pid, registers.argument(call.maps_fd ? 4 : 0)) &&
         !(finds_nothing && !does_not_wait(registers, pid)) &&
         !(interrupts && (never_sleeps(registers, pid) || blocks_signals(tid)));
}

void TracedThread::handles() {
  constexpr std::size_t kDeepest = 64;  // who leaves handlers by longjmp never returns from them
  if (interrupted.size() == kDeepest) interrupted.erase(interrupted.begin());
  interrupted.push_back({std::exchange(restart, std::nullopt), action});
}

void TracedThread::has_handled() {
  if (interrupted.empty()) return;
  restart = interrupted.back().restart;
  action = interrupted.back().action;
  interrupted.pop_back();
}

Kinship kinship_of(pid_t tid) {
  Kinship kinship;
  const auto number = [](std::string_view line) { return std::atoi(line.data() + line.find(':') + 1); };
  const std::string status = try_read_file(fmt::format("/proc/{}/status", tid)).value_or("");
  for (const std::string& line : split(status, '\n')) {
    if (line.starts_with("Tgid:")) kinship.process = number(line);
    if (line.starts_with("PPid:")) kinship.parent = number(line);
  }
  return kinship;
}

}  // namespace ipclab::room
