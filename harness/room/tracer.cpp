// Theory of operation. A traced thread stops in init's wait: at a call that the filter selects
// (PTRACE_EVENT_SECCOMP, on entry), at the end of such a call when a fault asked for it, at fork/clone/exec,
// and at every signal. init decides and lets it go on, or keeps it stopped: held. New threads and children of
// a traced process are traced from their first instruction (PTRACE_O_TRACEFORK …), with the same faults and
// counts of their own.

#include "room/tracer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <filesystem>
#include <sstream>

#include "base/file.hpp"
#include "base/syscall.hpp"

namespace ipclab::room {
namespace {

constexpr int kSyscallStop = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD

/// A field of /proc/PID/status; 0 when the process is gone.
pid_t status_field(pid_t pid, std::string_view field) {
  const auto text = try_read_file(fmt::format("/proc/{}/status", pid));
  const auto at = text ? text->find(fmt::format("\n{}:", field)) : std::string::npos;
  return at == std::string::npos ? 0 : std::atoi(text->c_str() + at + field.size() + 2);
}

std::string link_of(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t size = ::readlink(path.c_str(), target, sizeof target);
  return size < 0 ? "" : std::string(target, static_cast<std::size_t>(size));
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Where the dynamic loader lies in the process's memory: it makes its calls from its own code.
std::pair<unsigned long, unsigned long> loader_of(pid_t pid) {
  std::pair<unsigned long, unsigned long> range{0, 0};
  std::istringstream maps(try_read_file(fmt::format("/proc/{}/maps", pid)).value_or(""));
  for (std::string line; std::getline(maps, line);) {
    if (!base_name(line).starts_with("ld-linux")) continue;
    unsigned long begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) != 2) continue;
    if (!range.first) range.first = begin;
    range.second = end;
  }
  return range;
}

bool descriptor_counts(pid_t pid, long fd, Fault::On on) {
  if (on == Fault::On::any) return true;
  const std::string path = fmt::format("/proc/{}/fd/{}", pid, fd);
  std::error_code error;
  const auto type = std::filesystem::status(path, error).type();
  if (on == Fault::On::pipe) return type == std::filesystem::file_type::fifo;
  if (on == Fault::On::socket) return type == std::filesystem::file_type::socket;
  return type == std::filesystem::file_type::regular;
}

void go_on(pid_t tid, __ptrace_request how = PTRACE_CONT, int signal = 0) {
  ::ptrace(how, tid, nullptr,
           static_cast<long>(signal));  // ESRCH: it was killed while it stood: its end will tell
}

/// The length that a short count changes: a register, or a word in the process's memory.
struct Length {
  unsigned long long* in_register = nullptr;
  unsigned long in_memory = 0;
};

Length length_of(pid_t tid, user_regs_struct& registers) {
  const auto in_first_vector = [&](unsigned long vector, unsigned long long& count) {
    count = std::min<unsigned long long>(count, 1);
    return Length{nullptr, vector + offsetof(iovec, iov_len)};
  };
  switch (static_cast<long>(registers.orig_rax)) {
    case SYS_readv:
    case SYS_writev:
      return in_first_vector(registers.rsi, registers.rdx);
    case SYS_sendmsg:
    case SYS_recvmsg: {
      const long vector =
          ::ptrace(PTRACE_PEEKDATA, tid,
                   static_cast<unsigned long>(registers.rsi) + offsetof(msghdr, msg_iov), nullptr);
      return Length{nullptr, static_cast<unsigned long>(vector) + offsetof(iovec, iov_len)};
    }
    case SYS_read:
    case SYS_write:
    case SYS_pread64:
    case SYS_pwrite64:
    case SYS_sendto:
    case SYS_recvfrom:
      return Length{&registers.rdx, 0};
    case SYS_sendfile:
      return Length{&registers.r10, 0};
    default:
      return {};
  }
}

}  // namespace

void Tracer::seize(pid_t child, std::vector<Fault> faults) {
  constexpr long kOptions = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                            PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD |
                            PTRACE_O_EXITKILL;
  checked(::ptrace(PTRACE_SEIZE, child, nullptr, kOptions), "ptrace(PTRACE_SEIZE)");
  Traced traced;
  traced.counts.resize(faults.size());
  traced.faults = std::move(faults);
  processes_[child] = std::move(traced);
  threads_[child].process = child;
}

std::optional<Ended> Tracer::next_end() {
  for (;;) {
    siginfo_t info{};
    // First only a look: whose child it is can be asked for as long as it has not been reaped.
    if (::waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) != 0 || info.si_pid == 0)
      return std::nullopt;
    const pid_t pid = info.si_pid;
    const bool own_child = status_field(pid, "PPid") == ::getpid() && status_field(pid, "Tgid") == pid;
    int status = 0;
    if (::waitpid(pid, &status, __WALL | WNOHANG) != pid) continue;
    if (WIFSTOPPED(status)) {
      stopped(pid, status);
      continue;
    }
    threads_.erase(pid);
    processes_.erase(pid);
    // A traced process of another parent is reported to its tracer first, then to its parent: that end is not
    // ours.
    if (own_child) return Ended{pid, status};
  }
}

Tracer::Thread& Tracer::thread_of(pid_t tid) {
  Thread& thread = threads_[tid];
  if (thread.process) return thread;
  thread.process = status_field(tid, "Tgid");
  if (!processes_.contains(thread.process)) {
    const auto parent = processes_.find(status_field(tid, "PPid"));
    if (parent == processes_.end()) return thread;
    Traced child = parent->second;
    child.counts.assign(child.faults.size(), 0);
    processes_[thread.process] = std::move(child);
  }
  return thread;
}

void Tracer::stopped(pid_t tid, int status) {
  Thread& thread = thread_of(tid);
  const int signal = WSTOPSIG(status), event = status >> 16;
  switch (event) {
    case PTRACE_EVENT_SECCOMP:
      return entered(tid, thread);
    case PTRACE_EVENT_EXEC:
      executed(tid);
      return go_on(tid);
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE: {
      // The child may be a grandchild of a process that is gone when it first stops: note its faults now.
      unsigned long child = 0;
      if (::ptrace(PTRACE_GETEVENTMSG, tid, nullptr, &child) == 0) thread_of(static_cast<pid_t>(child));
      return go_on(tid);
    }
    case PTRACE_EVENT_STOP:
      // A group-stop (SIGSTOP and its kin) lasts until SIGCONT; the first stop of a new thread does not.
      if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)
        return go_on(tid, PTRACE_LISTEN);
      return go_on(tid);
    default:
      if (signal == kSyscallStop) return left(tid, thread);
      return go_on(tid, PTRACE_CONT, signal);
  }
}

void Tracer::executed(pid_t tid) {
  Thread& thread = thread_of(tid);
  const auto found = processes_.find(thread.process);
  if (found == processes_.end()) return;
  Traced& process = found->second;
  process.program = base_name(link_of(fmt::format("/proc/{}/exe", thread.process)));
  if (process.first_program.empty()) process.first_program = process.program;
  std::tie(process.loader_begin, process.loader_end) = loader_of(thread.process);
  process.counts.assign(process.faults.size(), 0);
  process.executed = true;
}

bool Tracer::concerns(const Traced& process, const Fault& fault, pid_t pid,
                      const user_regs_struct& registers) const {
  if (call_number(fault.call) != static_cast<int>(registers.orig_rax)) return false;
  if (process.program != (fault.program.empty() ? process.first_program : fault.program)) return false;
  return descriptor_counts(pid, static_cast<long>(registers.rdi), fault.on);
}

void Tracer::entered(pid_t tid, Thread& thread) {
  user_regs_struct registers{};
  const auto found = processes_.find(thread.process);
  if (found == processes_.end() || ::ptrace(PTRACE_GETREGS, tid, nullptr, &registers) != 0) return go_on(tid);
  Traced& process = found->second;
  const bool by_loader = registers.rip >= process.loader_begin && registers.rip < process.loader_end;
  if (!process.executed || by_loader) return go_on(tid);
  const Fault* due = nullptr;
  for (std::size_t i = 0; i < process.faults.size(); ++i) {
    const Fault& fault = process.faults[i];
    if (!concerns(process, fault, thread.process, registers)) continue;
    const int count = ++process.counts[i];
    if (!due && (fault.nth == 0 || fault.nth == count)) due = &fault;
  }
  if (!due) return go_on(tid);
  inject(tid, thread, *due, registers);
}

void Tracer::inject(pid_t tid, Thread& thread, const Fault& fault, user_regs_struct& registers) {
  thread.call = call_name(static_cast<int>(registers.orig_rax));
  const auto answer = [&](int error) {  // -1 for the number skips the call; rax is then its result
    registers.orig_rax = static_cast<unsigned long long>(-1);
    registers.rax = static_cast<unsigned long long>(-error);
    ::ptrace(PTRACE_SETREGS, tid, nullptr, &registers);
  };
  switch (fault.kind) {
    case Fault::Kind::hold_before:
      return hold(thread);
    case Fault::Kind::hold_after:
      thread.hold_at_exit = true;
      return go_on(tid, PTRACE_SYSCALL);
    case Fault::Kind::kill:
      tell_(Event::faulted, thread.process, thread.call);
      ::kill(thread.process, SIGKILL);  // it stands stopped: the number cannot have passed to another
      return;
    case Fault::Kind::interrupt:
      answer(EINTR);
      break;
    case Fault::Kind::fail:
      answer(fault.value);
      break;
    case Fault::Kind::short_count: {
      const Length length = length_of(tid, registers);
      const auto most = static_cast<unsigned long>(fault.value);
      if (length.in_register) {
        *length.in_register = std::min<unsigned long long>(*length.in_register, most);
      } else if (length.in_memory) {
        thread.restore_at = length.in_memory;
        thread.restore =
            static_cast<unsigned long>(::ptrace(PTRACE_PEEKDATA, tid, length.in_memory, nullptr));
        ::ptrace(PTRACE_POKEDATA, tid, length.in_memory, std::min(thread.restore, most));
      }
      ::ptrace(PTRACE_SETREGS, tid, nullptr, &registers);
      if (thread.restore_at) return go_on(tid, PTRACE_SYSCALL);
      break;
    }
  }
  if (fault.nth != 0) tell_(Event::faulted, thread.process, thread.call);
  go_on(tid);
}

void Tracer::left(pid_t tid, Thread& thread) {
  if (thread.restore_at) {
    ::ptrace(PTRACE_POKEDATA, tid, thread.restore_at, thread.restore);
    thread.restore_at = 0;
  }
  if (!thread.hold_at_exit) return go_on(tid);
  thread.hold_at_exit = false;
  hold(thread);
}

void Tracer::hold(Thread& thread) {
  thread.held = true;
  tell_(Event::held, thread.process, thread.call);
}

void Tracer::release(pid_t pid) {
  for (auto& [tid, thread] : threads_) {
    if (thread.process != pid || !thread.held) continue;
    thread.held = false;
    go_on(tid);
  }
}

}  // namespace ipclab::room
