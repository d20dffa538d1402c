#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <stdexcept>

#include "room/calls.hpp"
#include "room/registers.hpp"
#include "room/tracer.hpp"

namespace ipclab::room {

#ifdef __x86_64__
static constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#else
static constexpr std::uint32_t kArchitecture = 0;
#endif

Filter::Filter(const std::vector<Fault>& faults) {
  if (!kFaultsSupported && !faults.empty()) throw std::runtime_error("faults can be injected on x86-64 only");
  // The tracer has to know which calls a signal restarts.
  std::set<long> numbers = {SYS_rt_sigaction, SYS_rt_sigreturn};
  bool all = false;
  for (const Fault& fault : faults) {
    validate(fault);
    if (fault.kind == Fault::Kind::count) {
      all = true;
      continue;
    }
    const Call& call = call_named(fault.call);
    numbers.insert(call.numbers.begin(), call.numbers.end());
  }
  const auto load = [&](std::size_t offset) {
    program_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
  };
  load(offsetof(seccomp_data, arch));
  program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
  program_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));  // 32-bit numbers mean other calls
  load(offsetof(seccomp_data, nr));
  for (const long number : numbers) {
    program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1));
    program_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
  }
  program_.push_back(BPF_STMT(BPF_RET | BPF_K, all ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW));
}

bool Filter::install() const {
  const sock_fprog program{static_cast<unsigned short>(program_.size()),
                           const_cast<sock_filter*>(program_.data())};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

}  // namespace ipclab::room
