#include "room/registers.hpp"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

namespace ipclab::room {

std::optional<Registers> Registers::of(pid_t tid) {
  Registers registers;
  iovec block{&registers.values_, sizeof registers.values_};
  if (::ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &block) != 0) return std::nullopt;
  return registers;
}

void Registers::store(pid_t tid) const {
  iovec block{const_cast<user_regs_struct*>(&values_), sizeof values_};
  ::ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &block);
}

#ifdef __x86_64__

namespace {
/// The order of arguments in registers: syscall(2), "Architecture calling conventions".
constexpr unsigned long long user_regs_struct::*kArguments[] = {
    &user_regs_struct::rdi, &user_regs_struct::rsi, &user_regs_struct::rdx,
    &user_regs_struct::r10, &user_regs_struct::r8,  &user_regs_struct::r9};
}  // namespace

long Registers::call() const { return static_cast<long>(values_.orig_rax); }
std::uint64_t Registers::argument(int n) const { return values_.*kArguments[n]; }
void Registers::set_argument(int n, std::uint64_t value) { values_.*kArguments[n] = value; }
std::uint64_t Registers::instruction() const { return values_.rip; }
std::uint64_t Registers::stack() const { return values_.rsp; }
long Registers::result() const { return static_cast<long>(values_.rax); }

void Registers::skip_call(long result) {
  values_.orig_rax = static_cast<unsigned long long>(-1);
  values_.rax = static_cast<unsigned long long>(result);
}

void Registers::step_back(long call) {
  constexpr unsigned kCallInstruction = 2;  // bytes: syscall, int 0x80
  values_.rip -= kCallInstruction;
  values_.rax = static_cast<unsigned long long>(call);
}

#else

long Registers::call() const { return -1; }
std::uint64_t Registers::argument(int) const { return 0; }
void Registers::set_argument(int, std::uint64_t) {}
std::uint64_t Registers::instruction() const { return 0; }
std::uint64_t Registers::stack() const { return 0; }
long Registers::result() const { return 0; }
void Registers::skip_call(long) {}
void Registers::step_back(long) {}

#endif

bool read_memory(pid_t tid, std::uint64_t address, void* into, std::size_t size) {
  const iovec ours{into, size}, theirs{reinterpret_cast<void*>(address), size};
  return ::process_vm_readv(tid, &ours, 1, &theirs, 1, 0) == static_cast<ssize_t>(size);
}

bool write_memory(pid_t tid, std::uint64_t address, const void* from, std::size_t size) {
  const iovec ours{const_cast<void*>(from), size}, theirs{reinterpret_cast<void*>(address), size};
  return ::process_vm_writev(tid, &ours, 1, &theirs, 1, 0) == static_cast<ssize_t>(size);
}

}  // namespace ipclab::room
