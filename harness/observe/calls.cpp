#include "observe/calls.hpp"

#include <sys/syscall.h>

#include <map>

namespace ipclab::observe {

std::string name_of_call(long number) {
#define CALL(name) \
  { SYS_##name, #name }
  static const std::map<long, const char*> names{
      CALL(read),
      CALL(write),
      CALL(readv),
      CALL(writev),
      CALL(preadv),
      CALL(pwritev),
      CALL(preadv2),
      CALL(pwritev2),
      CALL(open),
      CALL(openat),
      CALL(openat2),
      CALL(close),
      CALL(poll),
      CALL(ppoll),
      CALL(select),
      CALL(pselect6),
      CALL(epoll_wait),
      CALL(epoll_pwait),
      CALL(epoll_pwait2),
      CALL(accept),
      CALL(accept4),
      CALL(connect),
      CALL(sendto),
      CALL(recvfrom),
      CALL(sendmsg),
      CALL(recvmsg),
      CALL(sendmmsg),
      CALL(recvmmsg),
      CALL(sendfile),
      CALL(splice),
      CALL(tee),
      CALL(vmsplice),
      CALL(fcntl),
      CALL(flock),
      CALL(fsync),
      CALL(fdatasync),
      CALL(msync),
      CALL(mq_timedsend),
      CALL(mq_timedreceive),
      CALL(msgsnd),
      CALL(msgrcv),
      CALL(semop),
      CALL(semtimedop),
      CALL(futex),
      CALL(wait4),
      CALL(waitid),
      CALL(pause),
      CALL(rt_sigsuspend),
      CALL(rt_sigtimedwait),
      CALL(nanosleep),
      CALL(clock_nanosleep),
      CALL(restart_syscall),
      CALL(io_getevents),
      CALL(io_uring_enter),
      CALL(sched_yield),
      CALL(clone),
      CALL(clone3),
      CALL(vfork),
      CALL(fork),
      CALL(execve),
      CALL(exit_group),
      CALL(ioctl),
      CALL(mmap),
      CALL(munmap),
      CALL(pread64),
      CALL(pwrite64),
      {kFutexWaitv, "futex_waitv"},
  };
#undef CALL
  const auto found = names.find(number);
  return found == names.end() ? "system call " + std::to_string(number) : found->second;
}

}  // namespace ipclab::observe
