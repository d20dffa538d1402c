// A fact that room/tracer.cpp stands on: a thread that is traced wakes even for signals that it ignores
// (SIGCHLD by default), and the kernel then makes the interrupted call again by itself: the tracer sees the
// same call twice, with the same instruction and stack, and in between a signal stop with -ERESTARTSYS as the
// result.
#include <elf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>

#ifdef __x86_64__

static user_regs_struct registers_of(pid_t pid) {
  user_regs_struct registers{};
  iovec block{&registers, sizeof registers};
  ::ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &block);
  return registers;
}

static void traced(int gate) {
  char byte;
  (void)!::read(gate, &byte, 1);
  int ends[2];
  (void)!::pipe(ends);
  sock_filter program[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 0, 1),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog filter{4, program};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
  (void)!::read(ends[0], &byte, 1);  // for ever
  ::_exit(0);
}

int main() {
  int gate[2];
  (void)!::pipe(gate);
  const pid_t child = ::fork();
  if (child == 0) traced(gate[0]);
  if (::ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL) != 0) return 77;
  (void)!::write(gate[1], "", 1);

  const auto stop = [&] {
    int status = 0;
    ::waitpid(child, &status, __WALL);
    return WIFSTOPPED(status) ? status >> 8 : 0;
  };
  if (stop() != (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) return 1;
  const user_regs_struct first = registers_of(child);
  ::ptrace(PTRACE_CONT, child, 0, 0);
  bool in_read = false;
  while (!in_read) {  // the signal may come before the thread is there
    ::kill(child, SIGCHLD);
    if (stop() != SIGCHLD) return 1;
    const user_regs_struct now = registers_of(child);
    in_read = now.orig_rax == SYS_read;
    if (in_read && static_cast<long>(now.rax) != -512) return 1;
    ::ptrace(PTRACE_CONT, child, 0, SIGCHLD);
  }
  const bool again = stop() == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8);
  const user_regs_struct second = registers_of(child);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  return again && first.orig_rax == second.orig_rax && first.rip == second.rip && first.rsp == second.rsp ? 0
                                                                                                          : 1;
}

#else
int main() { return 77; }
#endif
