#include "room/fault.hpp"

#include <fmt/format.h>
#include <sys/syscall.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.hpp"
#include "room/calls.hpp"

namespace ipclab::room {
namespace {

using Count = Call::Count;

const std::vector<Call>& calls() {
  static const std::vector<Call> kCalls = {
      // transfers
      {"read", {SYS_read}, true, Count::third_argument},
      {"write", {SYS_write}, true, Count::third_argument},
      {"pread", {SYS_pread64}, true, Count::third_argument},
      {"pwrite", {SYS_pwrite64}, true, Count::third_argument},
      {"pread64", {SYS_pread64}, true, Count::third_argument},
      {"pwrite64", {SYS_pwrite64}, true, Count::third_argument},
      {"send", {SYS_sendto}, true, Count::third_argument},
      {"sendto", {SYS_sendto}, true, Count::third_argument},
      {"recv", {SYS_recvfrom}, true, Count::third_argument},
      {"recvfrom", {SYS_recvfrom}, true, Count::third_argument},
      {"readv", {SYS_readv}, true, Count::vector},
      {"writev", {SYS_writev}, true, Count::vector},
      {"preadv", {SYS_preadv}, true, Count::vector},
      {"pwritev", {SYS_pwritev}, true, Count::vector},
      {"sendmsg", {SYS_sendmsg}, true, Count::message},
      {"recvmsg", {SYS_recvmsg}, true, Count::message},
      {"sendmmsg", {SYS_sendmmsg}, true},
      {"recvmmsg", {SYS_recvmmsg}, true},
      {"sendfile", {SYS_sendfile}, true, Count::fourth_argument},
      {"splice", {SYS_splice}, true},
      {"tee", {SYS_tee}, true},
      {"vmsplice", {SYS_vmsplice}, true},
      {"copy_file_range", {SYS_copy_file_range}, true},
      // descriptors and files
      {"close", {SYS_close}, true},
      {"dup", {SYS_dup}, true},
      {"fcntl", {SYS_fcntl}, true},
      {"flock", {SYS_flock}, true},
      {"fsync", {SYS_fsync}, true},
      {"ftruncate", {SYS_ftruncate}, true},
      {"fallocate", {SYS_fallocate}, true},
      {"lseek", {SYS_lseek}, true},
      {"ioctl", {SYS_ioctl}, true},
      {"memfd_create", {SYS_memfd_create}},
      {"eventfd", {SYS_eventfd2}},
      {"timerfd_create", {SYS_timerfd_create}},
      {"signalfd", {SYS_signalfd4}},
      // waiting for several
      {"epoll_create", {SYS_epoll_create1}},
      {"epoll_ctl", {SYS_epoll_ctl}},
      // memory
      {"mmap", {SYS_mmap}, false, Count::none, true},
      {"munmap", {SYS_munmap}},
      {"mprotect", {SYS_mprotect}},
      {"madvise", {SYS_madvise}},
      {"brk", {SYS_brk}},
      {"msync", {SYS_msync}},
      {"futex", {SYS_futex}},
      {"process_vm_readv", {SYS_process_vm_readv}},
      {"process_vm_writev", {SYS_process_vm_writev}},
      // POSIX message queues
      {"mq_open", {SYS_mq_open}},
      {"mq_unlink", {SYS_mq_unlink}},
      {"mq_send", {SYS_mq_timedsend}, true},
      {"mq_timedsend", {SYS_mq_timedsend}, true},
      {"mq_receive", {SYS_mq_timedreceive}, true},
      {"mq_timedreceive", {SYS_mq_timedreceive}, true},
      {"mq_notify", {SYS_mq_notify}, true},
      {"mq_getattr", {SYS_mq_getsetattr}, true},
      // System V
      {"msgget", {SYS_msgget}},
      {"msgsnd", {SYS_msgsnd}},
      {"msgrcv", {SYS_msgrcv}},
      {"msgctl", {SYS_msgctl}},
      {"semget", {SYS_semget}},
      {"semop", {SYS_semop, SYS_semtimedop}},
      {"semtimedop", {SYS_semop, SYS_semtimedop}},
      {"semctl", {SYS_semctl}},
      {"shmget", {SYS_shmget}},
      {"shmat", {SYS_shmat}},
      {"shmdt", {SYS_shmdt}},
      {"shmctl", {SYS_shmctl}},
      // sockets
      {"socket", {SYS_socket}},
      {"socketpair", {SYS_socketpair}},
      {"bind", {SYS_bind}, true},
      {"listen", {SYS_listen}, true},
      {"accept", {SYS_accept, SYS_accept4}, true},
      {"accept4", {SYS_accept, SYS_accept4}, true},
      {"connect", {SYS_connect}, true},
      {"shutdown", {SYS_shutdown}, true},
      {"setsockopt", {SYS_setsockopt}, true},
      // processes, signals, time
      {"execve", {SYS_execve}},
      {"waitpid", {SYS_wait4, SYS_waitid}},
      {"wait", {SYS_wait4, SYS_waitid}},
      {"wait4", {SYS_wait4}},
      {"waitid", {SYS_waitid}},
      {"kill", {SYS_kill}},
      {"sigaction", {SYS_rt_sigaction}},
      {"sigsuspend", {SYS_rt_sigsuspend}},
      {"sigtimedwait", {SYS_rt_sigtimedwait}},
      {"nanosleep", {SYS_nanosleep, SYS_clock_nanosleep}},
      {"clock_nanosleep", {SYS_nanosleep, SYS_clock_nanosleep}},
      {"sched_yield", {SYS_sched_yield}},
      {"clock_gettime", {SYS_clock_gettime}},
      {"getpid", {SYS_getpid}},
      {"gettid", {SYS_gettid}},
      {"sigprocmask", {SYS_rt_sigprocmask}},
      {"sigreturn", {SYS_rt_sigreturn}},
      {"tgkill", {SYS_tgkill}},
      {"exit_group", {SYS_exit_group}},
#ifdef __x86_64__
      {"open", {SYS_open, SYS_openat, SYS_creat}},
      {"openat", {SYS_open, SYS_openat, SYS_creat}},
      {"pipe", {SYS_pipe, SYS_pipe2}},
      {"pipe2", {SYS_pipe, SYS_pipe2}},
      {"dup2", {SYS_dup2, SYS_dup3}, true},
      {"dup3", {SYS_dup2, SYS_dup3}, true},
      {"unlink", {SYS_unlink, SYS_unlinkat}},
      {"rename", {SYS_rename, SYS_renameat, SYS_renameat2}},
      {"link", {SYS_link, SYS_linkat}},
      {"mkfifo", {SYS_mknod, SYS_mknodat}},
      {"poll", {SYS_poll, SYS_ppoll}},
      {"select", {SYS_select, SYS_pselect6}},
      {"epoll_wait", {SYS_epoll_wait, SYS_epoll_pwait}},
      {"fork", {SYS_fork, SYS_vfork, SYS_clone, SYS_clone3}},
      {"pause", {SYS_pause}},
#endif
  };
  return kCalls;
}

}  // namespace

const Call& call_named(std::string_view name) {
  const auto found = std::ranges::find(calls(), name, &Call::name);
  if (found != calls().end()) return *found;
  std::vector<std::string> names;
  for (const Call& call : calls()) names.emplace_back(call.name);
  const std::string near = nearest(name, names);
  throw std::invalid_argument(fmt::format("fault: no call named '{}'{}", name,
                                          near.empty() ? "" : fmt::format(" (is it '{}'?)", near)));
}

std::string call_name(long number) {
  for (const Call& call : calls())
    if (std::ranges::count(call.numbers, number) > 0) return std::string(call.name);
  return fmt::format("system call {}", number);
}

int descriptor_of(long number, std::uint64_t first_argument) {
  for (const Call& call : calls())
    if (call.has_fd && std::ranges::count(call.numbers, number) > 0) return static_cast<int>(first_argument);
  return -1;
}

void validate(const Fault& fault) {
  if (fault.kind == Fault::Kind::count) return;
  const Call& call = call_named(fault.call);
  const auto refuse = [&](std::string_view why) {
    throw std::invalid_argument(fmt::format("fault at {}: {}", fault.call, why));
  };
  if (fault.kind == Fault::Kind::short_count) {
    if (call.count == Count::none) refuse("its count cannot be made short");
    if (fault.value < 1) refuse("a short count is at least 1: 0 would mean the end of the input");
  }
  if (fault.kind == Fault::Kind::fail && fault.value < 1) refuse("it must fail with an error number");
  if (fault.on != Fault::On::any && !call.has_fd && !call.maps_fd) refuse("it has no descriptor to go by");
  if (fault.call == "sigreturn") refuse("no program makes it knowingly");
  if (fault.nth < 0) refuse("calls are counted from 1");
}

}  // namespace ipclab::room
