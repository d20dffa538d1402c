// The calls that a fault can name, and the filter that stops at them.

#include "room/fault.hpp"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <set>
#include <stdexcept>

#include "room/tracer.hpp"

#if !defined(__x86_64__)
#error "faults read and write x86-64 registers: port tracer.cpp and this table"
#endif

namespace ipclab::room {
namespace {

struct Call {
  const char* name;
  int number;
};

// The C library's name first where it differs from the kernel's; call_name gives the first.
constexpr Call kCalls[] = {
    {"read", SYS_read},
    {"write", SYS_write},
    {"readv", SYS_readv},
    {"writev", SYS_writev},
    {"pread", SYS_pread64},
    {"pwrite", SYS_pwrite64},
    {"open", SYS_open},
    {"openat", SYS_openat},
    {"close", SYS_close},
    {"lseek", SYS_lseek},
    {"ftruncate", SYS_ftruncate},
    {"fsync", SYS_fsync},
    {"msync", SYS_msync},
    {"mmap", SYS_mmap},
    {"munmap", SYS_munmap},
    {"unlink", SYS_unlink},
    {"unlinkat", SYS_unlinkat},
    {"mkfifo", SYS_mknodat},
    {"mknod", SYS_mknod},
    {"fcntl", SYS_fcntl},
    {"flock", SYS_flock},
    {"dup", SYS_dup},
    {"dup2", SYS_dup2},
    {"dup3", SYS_dup3},
    {"pipe", SYS_pipe},
    {"pipe2", SYS_pipe2},
    {"fork", SYS_fork},
    {"vfork", SYS_vfork},
    {"clone", SYS_clone},
    {"clone3", SYS_clone3},
    {"execve", SYS_execve},
    {"wait4", SYS_wait4},
    {"waitpid", SYS_wait4},
    {"waitid", SYS_waitid},
    {"kill", SYS_kill},
    {"pause", SYS_pause},
    {"sigsuspend", SYS_rt_sigsuspend},
    {"sigtimedwait", SYS_rt_sigtimedwait},
    {"nanosleep", SYS_nanosleep},
    {"clock_nanosleep", SYS_clock_nanosleep},
    {"futex", SYS_futex},
    {"mq_open", SYS_mq_open},
    {"mq_unlink", SYS_mq_unlink},
    {"mq_timedsend", SYS_mq_timedsend},
    {"mq_send", SYS_mq_timedsend},
    {"mq_timedreceive", SYS_mq_timedreceive},
    {"mq_receive", SYS_mq_timedreceive},
    {"mq_notify", SYS_mq_notify},
    {"mq_getsetattr", SYS_mq_getsetattr},
    {"msgget", SYS_msgget},
    {"msgsnd", SYS_msgsnd},
    {"msgrcv", SYS_msgrcv},
    {"msgctl", SYS_msgctl},
    {"semget", SYS_semget},
    {"semop", SYS_semop},
    {"semtimedop", SYS_semtimedop},
    {"semctl", SYS_semctl},
    {"shmget", SYS_shmget},
    {"shmat", SYS_shmat},
    {"shmdt", SYS_shmdt},
    {"shmctl", SYS_shmctl},
    {"socket", SYS_socket},
    {"socketpair", SYS_socketpair},
    {"bind", SYS_bind},
    {"listen", SYS_listen},
    {"accept", SYS_accept},
    {"accept4", SYS_accept4},
    {"connect", SYS_connect},
    {"sendto", SYS_sendto},
    {"send", SYS_sendto},
    {"recvfrom", SYS_recvfrom},
    {"recv", SYS_recvfrom},
    {"sendmsg", SYS_sendmsg},
    {"recvmsg", SYS_recvmsg},
    {"shutdown", SYS_shutdown},
    {"poll", SYS_poll},
    {"ppoll", SYS_ppoll},
    {"select", SYS_select},
    {"pselect6", SYS_pselect6},
    {"epoll_wait", SYS_epoll_wait},
    {"epoll_pwait", SYS_epoll_pwait},
    {"eventfd", SYS_eventfd2},
    {"sendfile", SYS_sendfile},
    {"splice", SYS_splice},
};

}  // namespace

int call_number(const std::string& name) {
  for (const Call& call : kCalls)
    if (name == call.name) return call.number;
  throw std::invalid_argument("no fault can be injected into a call named " + name);
}

std::string call_name(int number) {
  for (const Call& call : kCalls)
    if (number == call.number) return call.name;
  return "system call " + std::to_string(number);
}

CallFilter::CallFilter(const std::vector<Fault>& faults) {
  std::set<int> numbers;
  for (const Fault& fault : faults) numbers.insert(call_number(fault.call));
  const auto load = [](std::size_t offset) {
    return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<__u32>(offset));
  };
  const auto answer = [](__u32 value) { return sock_filter BPF_STMT(BPF_RET | BPF_K, value); };
  program_ = {load(offsetof(seccomp_data, arch)),
              BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0), answer(SECCOMP_RET_ALLOW),
              load(offsetof(seccomp_data, nr))};
  for (const int number : numbers) {
    program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<__u32>(number), 0, 1));
    program_.push_back(answer(SECCOMP_RET_TRACE));
  }
  program_.push_back(answer(SECCOMP_RET_ALLOW));
}

bool CallFilter::install() const {
  const sock_fprog program{static_cast<unsigned short>(program_.size()),
                           const_cast<sock_filter*>(program_.data())};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

}  // namespace ipclab::room
