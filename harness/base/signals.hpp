// The state of signals that a program begins with. Async-signal-safe: for the time between fork and exec.
#pragma once

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace ipclab {

/// No signal is blocked or ignored: both would be inherited through exec (signal(7)). By the system call,
/// because glibc's sigaction() refuses the two signals that are its own (nptl(7)), and whoever started us may
/// ignore those too.
inline void default_signals() {
  struct {  // the kernel's struct sigaction, not glibc's (rt_sigaction(2), "C library/kernel differences")
    void* handler;
    std::uint64_t flags;
    void* restorer;
    std::uint64_t mask;
  } const action{};
  for (int number = 1; number <= 64; ++number)
    ::syscall(SYS_rt_sigaction, number, &action, nullptr, sizeof action.mask);
  const std::uint64_t none = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof none);
}

}  // namespace ipclab
