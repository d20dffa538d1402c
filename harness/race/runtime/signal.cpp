// Signals. Whoever sends one releases, the handler (or whoever waits for it) acquires. A handler that would
// run while its thread is inside the runtime runs when the thread leaves it.
#include "race/runtime/signal.hpp"

#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "race/runtime/descriptor.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/sync.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

using Plain = void (*)(int);
using Detailed = void (*)(int, siginfo_t*, void*);

/// What the program set; ours stands in the kernel. Read by handlers, so written with signals as they are.
struct Handler {
  struct sigaction action;
  bool ours;
};
Handler handlers[NSIG];

Sync* signals_to(pid_t pid, int signal) {
  return kernel_sync(Kind::signal, static_cast<std::uint64_t>(pid), static_cast<std::uint64_t>(signal), 1);
}

/// One more that somebody of ours sends.
void sends(Sync* sync) {
  if (!sync) return;
  const Holding holding(sync->lock);
  ++sync->count;
  release_held(*sync);
}

/// Was it one of those?
bool was_sent(Sync* sync) {
  if (!sync) return false;
  const Holding holding(sync->lock);
  acquire_held(*sync);
  if (sync->arrived == sync->count) return false;
  ++sync->arrived;
  return true;
}

/// What the kernel sends to a process for what it does itself.
bool comes_of_itself(int signal) {
  for (const int one :
       {SIGALRM, SIGVTALRM, SIGPROF, SIGPIPE, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT})
    if (signal == one) return true;
  return false;
}

/// A process group, or everybody: all processes that are known.
void releases_to(pid_t pid, int signal) {
  if (!watched() || signal == 0) return;
  const Inside inside;
  if (pid > 0) return sends(signals_to(pid, signal));
  Record& r = *record();
  for (Index i = r.processes_used.load(); i > 0; --i)
    if (i < kProcesses && r.processes[i].pid && !r.processes[i].ended.load())
      sends(signals_to(r.processes[i].pid, signal));
}

void run_handler(int signal, siginfo_t* info, void* context) {
  signal_came(signal, info->si_code);
  const struct sigaction action = handlers[signal].action;
  const unsigned depth = self.depth, floor = self.floor;
  self.floor = depth;
  if (action.sa_flags & SA_SIGINFO) action.sa_sigaction(signal, info, context);
  else action.sa_handler(signal);
  self.depth = depth;
  self.floor = floor;
  if (!(action.sa_flags & SA_RESTART)) ++self.interruptions;
}

struct Deferred {
  int signal;
  siginfo_t info;
};
constexpr unsigned kDeferred = 16;
constinit __thread Deferred deferred[kDeferred]{};

/// A fault of the program itself cannot wait: its instruction would only run again.
bool is_fault(int signal, const siginfo_t* info) {
  return (signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL ||
          signal == SIGTRAP || signal == SIGABRT) &&
         info->si_code > 0;
}

void handle(int signal, siginfo_t* info, void* context) {
  const int error = errno;
  const int busy = self.busy;
  if (busy && self.deferred < kDeferred && !is_fault(signal, info)) {
    deferred[self.deferred] = {signal, *info};
    ++self.deferred;
    if (self.task && record()->scheduled) scheduler::interrupt(*self.task);
  } else {
    self.busy = 0;
    run_handler(signal, info, context);
    self.busy = busy;
  }
  errno = error;
}

bool is_function(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) || (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN);
}

}  // namespace

namespace ipclab::race {

void signal_came(int signal, int code) {
  if (!watched()) return;
  const Inside inside;
  const bool sent = was_sent(signals_to(::getpid(), signal));
  if (signal == SIGCHLD) return learn_from_dead();
  if (sent || code == SI_TIMER || comes_of_itself(signal)) return;
  learn_from_all();                        // SIGIO, mq_notify …
  if (code == SI_USER) learn_from_dead();  // prctl(PR_SET_PDEATHSIG)
}

void signal_goes(pid_t pid, int signal) { releases_to(pid, signal); }

void run_deferred() {
  while (self.deferred) {
    const Deferred first = deferred[0];
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);
    --self.deferred;
    for (unsigned i = 0; i < self.deferred; ++i) deferred[i] = deferred[i + 1];
    sigset_t mask = handlers[first.signal].action.sa_mask;
    if (!(handlers[first.signal].action.sa_flags & SA_NODEFER)) ::sigaddset(&mask, first.signal);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::pthread_sigmask(SIG_BLOCK, &mask, nullptr);
    siginfo_t info = first.info;
    ucontext_t context{};
    run_handler(first.signal, &info, &context);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
}

}  // namespace ipclab::race

IPCLAB_INTERPOSE(int, sigaction, int, const struct sigaction*, struct sigaction*)
(int signal, const struct sigaction* action, struct sigaction* old) {
  if (!self.task || signal <= 0 || signal >= NSIG) return real_sigaction(signal, action, old);
  const Handler before = handlers[signal];
  struct sigaction mine {
  }, previous{};
  if (action) {
    mine = *action;
    handlers[signal] = {*action, is_function(*action)};
    if (handlers[signal].ours) {
      mine.sa_flags |= SA_SIGINFO;
      mine.sa_sigaction = handle;
    }
  }
  const int result = real_sigaction(signal, action ? &mine : nullptr, &previous);
  if (result != 0) {
    if (action) handlers[signal] = before;
    return result;
  }
  if (before.ours) previous = before.action;
  if (old) *old = previous;
  return 0;
}

ENTRY Plain signal(int number, Plain handler) noexcept {
  struct sigaction action {
  }, old{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaddset(&action.sa_mask, number);
  return ::sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

IPCLAB_INTERPOSE(int, kill, pid_t, int)(pid_t pid, int signal) {
  releases_to(pid, signal);
  const int result = real_kill(pid, signal);
  if (result != 0 && errno == ESRCH && watched()) {
    const Inside inside;
    learn_from_dead();
  }
  return result;
}
IPCLAB_INTERPOSE(int, killpg, pid_t, int)(pid_t group, int signal) {
  releases_to(0, signal);
  return real_killpg(group, signal);
}
IPCLAB_INTERPOSE(int, sigqueue, pid_t, int, sigval)(pid_t pid, int signal, sigval value) {
  releases_to(pid, signal);
  return real_sigqueue(pid, signal, value);
}
IPCLAB_INTERPOSE(int, pthread_kill, pthread_t, int)(pthread_t thread, int signal) {
  releases_to(::getpid(), signal);
  return real_pthread_kill(thread, signal);
}
IPCLAB_INTERPOSE(int, pthread_sigqueue, pthread_t, int, sigval)
(pthread_t thread, int signal, sigval value) {
  releases_to(::getpid(), signal);
  return real_pthread_sigqueue(thread, signal, value);
}
IPCLAB_INTERPOSE(int, tgkill, pid_t, pid_t, int)(pid_t pid, pid_t thread, int signal) {
  releases_to(pid, signal);
  return real_tgkill(pid, thread, signal);
}
IPCLAB_INTERPOSE(int, pidfd_send_signal, int, int, siginfo_t*, unsigned)
(int fd, int signal, siginfo_t* info, unsigned flags) {
  releases_to(process_of(fd), signal);
  return real_pidfd_send_signal(fd, signal, info, flags);
}
IPCLAB_INTERPOSE(int, raise, int)(int signal) {
  releases_to(::getpid(), signal);
  return real_raise(signal);
}

namespace {

constinit Real<int(const sigset_t*, siginfo_t*, const timespec*)> real_wait("sigtimedwait");

int wait_in_turn(const sigset_t* set, siginfo_t* info, const timespec* timeout, std::uint64_t place) {
  std::optional<std::uint64_t> ns;
  if (timeout) ns = static_cast<std::uint64_t>(timeout->tv_sec * 1'000'000'000 + timeout->tv_nsec);
  const timespec now{};
  int signal = -1;
  scheduler::Interruption interruption;
  scheduler::retry(What::wait, nullptr, place, ns, [&] {
    signal = real_wait(set, info, &now);
    return signal > 0 || errno != EAGAIN || interruption.came();
  });
  return signal;
}

int waited_for(const sigset_t* set, siginfo_t* info, const timespec* timeout, std::uint64_t place) {
  const int signal =
      scheduler::active() ? wait_in_turn(set, info, timeout, place) : real_wait(set, info, timeout);
  if (signal > 0) signal_came(signal, info->si_code);
  return signal;
}

}  // namespace

IPCLAB_INTERPOSE(int, sigtimedwait, const sigset_t*, siginfo_t*, const timespec*)
(const sigset_t* set, siginfo_t* info, const timespec* timeout) {
  siginfo_t mine;
  return waited_for(set, info ? info : &mine, timeout, IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, sigwaitinfo, const sigset_t*, siginfo_t*)(const sigset_t* set, siginfo_t* info) {
  siginfo_t mine;
  return waited_for(set, info ? info : &mine, nullptr, IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, sigwait, const sigset_t*, int*)(const sigset_t* set, int* signal) {
  siginfo_t info;
  int result = -1;
  do result = waited_for(set, &info, nullptr, IPCLAB_PLACE);
  while (result < 0 && errno == EINTR);
  if (result < 0) return errno;
  *signal = result;
  return 0;
}
