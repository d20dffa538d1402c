// Descriptors that stand for processes (pidfd_open(2)): a number can pass to another process, a descriptor cannot.
// By number of the system call: glibc 2.36 declares its functions without extern "C".
#pragma once

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.hpp"

namespace ipclab {

/// Invalid when there is no such process (errno: ESRCH).
inline Fd open_pidfd(pid_t pid) { return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

/// False: errno says why (ESRCH: it has ended and has been waited for).
inline bool signal_pidfd(const Fd& pidfd, int number) {
  return ::syscall(SYS_pidfd_send_signal, pidfd.get(), number, nullptr, 0) == 0;
}

}  // namespace ipclab
