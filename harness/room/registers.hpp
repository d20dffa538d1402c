// A thread's registers while it is in a ptrace stop: the system call in them, and its memory. The one place
// that knows the processor. Written for x86-64; elsewhere faults are refused (kFaultsSupported). Not for a
// thread that has died meanwhile: everything then reports failure, and nothing happens.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include <sys/user.h>

namespace ipclab::room {

#ifdef __x86_64__
inline constexpr bool kFaultsSupported = true;
#else
inline constexpr bool kFaultsSupported = false;
#endif

class Registers {
 public:
  static std::optional<Registers> of(pid_t tid);
  void store(pid_t tid) const;

  long call() const;  // the system call's number; negative: not in one
  std::uint64_t argument(int n) const;
  void set_argument(int n, std::uint64_t value);
  std::uint64_t instruction() const;  // behind the call
  std::uint64_t stack() const;
  long result() const;
  /// The call will not be made; the program sees `result`.
  void skip_call(long result);
  /// When a skipped call returns: the thread is in front of the call again, and will make it.
  void step_back(long call);

 private:
  user_regs_struct values_{};
};

bool read_memory(pid_t tid, std::uint64_t address, void* into, std::size_t size);
bool write_memory(pid_t tid, std::uint64_t address, const void* from, std::size_t size);

}  // namespace ipclab::room
