// Theory of operation. The filter stops a thread before each call that some fault names
// (PTRACE_EVENT_SECCOMP) and nowhere else, so everything else runs at full speed. There the tracer decides:
// let it pass, skip it with a result (fail, interrupt), make it shorter, kill, or leave the thread in its
// stop (hold).
//
// To be invisible otherwise, it hands on what ptrace(2) puts in between: signals, group stops
// (PTRACE_LISTEN), new processes and threads (attached by the kernel), executions. Arguments that it has
// changed are put back when the call returns, because the kernel promises a program its registers back.
//
// A call is counted once even if signals interrupt it: while a thread is traced even ignored signals
// (SIGCHLD!) wake it and the kernel makes the call again. The tracer knows the dispositions (it sees every
// sigaction) and so which return is followed by the same call from the same place; and it sees handlers
// return, whose own calls come in between.
#include "room/tracer.hpp"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "base/syscall.hpp"
#include "room/injection.hpp"
#include "room/tracee.hpp"

namespace ipclab::room {
namespace {

// Results inside the kernel (include/linux/errno.h), seen only by tracers.
constexpr long kRestartSys = -512;        // restarted unless a handler without SA_RESTART runs
constexpr long kRestartNoIntr = -513;     // restarted always
constexpr long kRestartNoHandler = -514;  // restarted unless a handler runs

constexpr int kOptions = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                         PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;

bool is_restart(long result) {
  return result == kRestartSys || result == kRestartNoIntr || result == kRestartNoHandler;
}

bool stops(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/// Page faults of all children that have been waited for (getrusage(2)). Grows with every process that is
/// reaped, and does not with one that is only handed on to its parent.
long faults_of_children() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return usage.ru_minflt;
}

}  // namespace

struct Tracer::Impl {
  std::function<void(const Note&)> note;
  std::map<pid_t, Tracee> processes;
  std::map<pid_t, TracedThread> threads;
  std::map<pid_t, std::shared_ptr<const Tally>> tallies;  // of those that have ended, too

  void stopped(pid_t tid, int status);
  void at_event(pid_t tid, TracedThread& thread, int event, int signal);
  void at_signal(pid_t tid, TracedThread& thread, int signal);
  void at_call(pid_t tid, TracedThread& thread);
  void at_return(pid_t tid, TracedThread& thread);
  void at_exec(pid_t pid, pid_t former);
  const Fault* decide(Tracee& process, pid_t tid, const Registers& registers);
  void act(pid_t tid, TracedThread& thread, Registers& registers);
  static void note_call(Tracee& process, pid_t tid, TracedThread& thread, const Registers& registers,
                        bool again);
  void note_return(pid_t tid, TracedThread& thread, const Registers& registers);
  static void note_sigaction(Tracee& process, pid_t tid, const Registers& registers);
  void note_restart(pid_t tid, TracedThread& thread, const Disposition& disposition);
  void meet(pid_t tid);
  void meet_child(pid_t pid, pid_t parent);
  void hold(TracedThread& thread);
  void go_on(pid_t tid, const TracedThread& thread, int signal = 0) {
    ::ptrace(thread.wants_exit ? PTRACE_SYSCALL : PTRACE_CONT, tid, 0, signal);
  }
  Taken ended(pid_t tid, int& status);
};

/// A thread or process that the kernel has attached; or nothing new.
void Tracer::Impl::meet(pid_t tid) {
  if (threads.contains(tid)) return;
  const Kinship kinship = kinship_of(tid);
  if (kinship.process == 0) return;
  threads[tid].process = kinship.process;
  meet_child(kinship.process, kinship.parent);
}

void Tracer::Impl::meet_child(pid_t pid, pid_t parent) {
  const auto found = processes.find(parent);
  if (found == processes.end() || processes.contains(pid)) return;
  const Tracee& child = processes.emplace(pid, found->second.forked(pid)).first->second;
  if (child.tally) tallies[pid] = child.tally;
}

/// `status` as in siginfo_t: the signal, and above it the event.
void Tracer::Impl::stopped(pid_t tid, int status) {
  meet(tid);
  const auto found = threads.find(tid);
  if (found == threads.end()) return;
  TracedThread& thread = found->second;
  const int signal = status & 0xff, event = status >> 8;
  if (event != 0) at_event(tid, thread, event, signal);
  else if (signal == (SIGTRAP | 0x80)) at_return(tid, thread);
  else at_signal(tid, thread, signal);
}

void Tracer::Impl::at_event(pid_t tid, TracedThread& thread, int event, int signal) {
  if (event == PTRACE_EVENT_SECCOMP) return at_call(tid, thread);
  unsigned long message = 0;
  ::ptrace(PTRACE_GETEVENTMSG, tid, 0, &message);
  if (event == PTRACE_EVENT_EXEC) at_exec(tid, static_cast<pid_t>(message));
  if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK)
    meet_child(static_cast<pid_t>(message), thread.process);
  if (event == PTRACE_EVENT_STOP) note_restart(tid, thread, {});
  if (event == PTRACE_EVENT_STOP && stops(signal)) ::ptrace(PTRACE_LISTEN, tid, 0, 0);
  else go_on(tid, thread);
}

/// The thread that executes takes over the process's number; what it had before is gone without a word. The
/// other threads' ends are told as always.
void Tracer::Impl::at_exec(pid_t pid, pid_t former) {
  const auto process = processes.find(pid);
  if (process != processes.end()) process->second.executes();
  threads.erase(former);
  TracedThread thread;
  thread.process = pid;
  threads[pid] = thread;
}

void Tracer::Impl::at_signal(pid_t tid, TracedThread& thread, int signal) {
  const auto process = processes.find(thread.process);
  if (process != processes.end()) {
    const Disposition& disposition = process->second.signals[signal];
    note_restart(tid, thread, disposition);
    if (disposition.caught) thread.handles();
  }
  go_on(tid, thread, signal);
}

void Tracer::Impl::note_restart(pid_t tid, TracedThread& thread, const Disposition& disposition) {
  const auto registers = Registers::of(tid);
  if (!registers || registers->call() < 0 || !is_restart(registers->result())) return;
  const bool restarts = registers->result() == kRestartNoIntr || !disposition.caught ||
                        (registers->result() == kRestartSys && disposition.restarts);
  if (restarts) thread.restart = Restart::of(*registers);
  else thread.restart.reset();
}

void Tracer::Impl::at_call(pid_t tid, TracedThread& thread) {
  auto registers = Registers::of(tid);
  const auto process = processes.find(thread.process);
  if (!registers || process == processes.end() || !process->second.executed) return go_on(tid, thread);
  if (registers->call() == SYS_rt_sigaction) note_sigaction(process->second, tid, *registers);
  if (registers->call() == SYS_rt_sigreturn) {
    note_call(process->second, tid, thread, *registers, false);
    thread.has_handled();
    return go_on(tid, thread);
  }
  const bool again = thread.restart == Restart::of(*registers);
  thread.restart.reset();
  note_call(process->second, tid, thread, *registers, again);
  if (!again) thread.action = decide(process->second, tid, *registers);
  if (thread.action) act(tid, thread, *registers);
  else go_on(tid, thread);
}

void Tracer::Impl::note_call(Tracee& process, pid_t tid, TracedThread& thread, const Registers& registers,
                             bool again) {
  thread.carries.reset();
  if (!process.tally || process.loads(registers)) return;
  const long number = registers.call();
  if (again ? carries_bytes(number) : process.tally->begins(tid, registers)) thread.carries = number;
  thread.wants_exit = thread.carries.has_value();
}

void Tracer::Impl::note_return(pid_t tid, TracedThread& thread, const Registers& registers) {
  const auto process = processes.find(thread.process);
  if (thread.carries && !thread.ahead && process != processes.end())
    process->second.tally->returns(tid, *thread.carries, registers);
  thread.carries.reset();
}

void Tracer::Impl::note_sigaction(Tracee& process, pid_t tid, const Registers& registers) {
  struct {  // the kernel's, not the C library's: arch/x86/include/uapi/asm/signal.h
    std::uint64_t handler, flags;
  } action{};
  if (registers.argument(1) == 0 || !read_memory(tid, registers.argument(1), &action, sizeof action)) return;
  process.signals[static_cast<int>(registers.argument(0))] = {
      .caught = action.handler != reinterpret_cast<std::uint64_t>(SIG_DFL) &&
                action.handler != reinterpret_cast<std::uint64_t>(SIG_IGN),
      .restarts = (action.flags & SA_RESTART) != 0};
}

const Fault* Tracer::Impl::decide(Tracee& process, pid_t tid, const Registers& registers) {
  if (process.loads(registers)) return nullptr;
  const Fault* chosen = nullptr;
  for (std::size_t i = 0; i < process.faults->size(); ++i) {
    const Fault& fault = (*process.faults)[i];
    if (!process.counts_for(fault, registers, tid)) continue;
    const int count = ++process.counts[i];
    if (!chosen && (fault.nth == 0 || fault.nth == count)) chosen = &fault;
  }
  return chosen;
}

void Tracer::Impl::act(pid_t tid, TracedThread& thread, Registers& registers) {
  const Fault& fault = *thread.action;
  const auto tell = [&] {  // "every call" would be a flood
    if (fault.nth != 0) note({.held = false, .pid = thread.process, .call = fault.call});
  };
  switch (fault.kind) {
    case Fault::Kind::short_count:
      if (shorten(tid, thread, registers)) tell();
      break;
    case Fault::Kind::interrupt:
    case Fault::Kind::fail:
      registers.skip_call(-(fault.kind == Fault::Kind::fail ? fault.value : EINTR));
      registers.store(tid);
      tell();
      break;
    case Fault::Kind::kill:
      ::kill(thread.process, SIGKILL);  // it cannot end, nor its number be used again, before we have waited
      return tell();
    case Fault::Kind::hold_before:
    case Fault::Kind::interrupt_late:
    case Fault::Kind::hold_ahead:
      return hold(thread);
    case Fault::Kind::hold_after:
      thread.wants_exit = true;
      break;
    case Fault::Kind::count:
      break;
  }
  go_on(tid, thread);
}

void Tracer::Impl::at_return(pid_t tid, TracedThread& thread) {
  thread.wants_exit = false;
  auto registers = Registers::of(tid);
  if (!registers) return;
  note_return(tid, thread, *registers);
  if (thread.ahead) {
    step_back_in(tid, thread, *registers);
    return go_on(tid, thread);
  }
  put_back(tid, thread, *registers);
  if (thread.action && thread.action->kind == Fault::Kind::hold_after && !is_restart(registers->result()))
    hold(thread);
  else go_on(tid, thread);
}

void Tracer::Impl::hold(TracedThread& thread) {
  thread.held = true;
  note({.held = true, .pid = thread.process, .call = thread.action->call});
}

Tracer::Taken Tracer::Impl::ended(pid_t tid, int& status) {
  const Kinship kinship = kinship_of(tid);
  threads.erase(tid);
  if (kinship.process == tid) processes.erase(tid);
  if (kinship.process == tid && kinship.parent == ::getpid()) return Taken::none;
  const long before = faults_of_children();
  if (::waitpid(tid, &status, __WALL | WNOHANG) != tid) return Taken::all;
  // Now its parent can wait for it; unless that has died since it was looked up, and the child became init's.
  return faults_of_children() == before ? Taken::all : Taken::reaped;
}

Tracer::Tracer(std::function<void(const Note&)> note) : impl_(std::make_unique<Impl>()) {
  impl_->note = std::move(note);
}

Tracer::~Tracer() = default;

void Tracer::attach(pid_t child, std::vector<Fault> faults) {
  checked(::ptrace(PTRACE_SEIZE, child, 0, kOptions), "ptrace(PTRACE_SEIZE)");
  Tracee& process = impl_->processes[child];
  process = {};
  process.pid = child;
  process.counts.assign(faults.size(), 0);
  if (std::ranges::count(faults, Fault::Kind::count, &Fault::kind) > 0)
    impl_->tallies[child] = process.tally = std::make_shared<Tally>();
  process.faults = std::make_shared<const std::vector<Fault>>(std::move(faults));
  impl_->threads[child].process = child;
}

Tracer::Taken Tracer::takes(pid_t pid, int& status) {
  siginfo_t info{};
  const auto look = [&](int flags) {
    info = {};
    return ::waitid(P_PID, static_cast<id_t>(pid), &info, flags | WNOHANG | __WALL) == 0 &&
           info.si_pid == pid;
  };
  // Never WEXITED without WNOWAIT: a thread that is killed in its stop would be waited for here, and lost to
  // init.
  if (look(WSTOPPED)) impl_->stopped(pid, info.si_status);
  else if (look(WEXITED | WNOWAIT)) return impl_->ended(pid, status);
  return Taken::all;
}

std::optional<CallCounts> Tracer::counts(pid_t pid, bool family) const {
  const auto found = impl_->tallies.find(pid);
  if (found == impl_->tallies.end()) return std::nullopt;
  return family ? found->second->family() : found->second->own();
}

void Tracer::release(pid_t pid) {
  for (auto& [tid, thread] : impl_->threads) {
    if (thread.process != pid || !thread.held) continue;
    thread.held = false;
    if (thread.action->kind == Fault::Kind::hold_ahead) step_out(tid, thread);
    if (thread.action->kind == Fault::Kind::interrupt_late) give_up(tid);
    impl_->go_on(tid, thread);
  }
}

}  // namespace ipclab::room
