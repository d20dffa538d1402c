// Where a function's frame may be when the register that says so, the frame pointer, is not known: /proc
// shows of a sleeping thread only the stack pointer and the program counter. Distributions that build
// everything with frame pointers (Ubuntu from 24.04 on) have unwind tables that need it.
#pragma once

#include <cstdint>
#include <vector>

#include "observe/proc.hpp"

namespace ipclab::observe {

/// Nearest first: places on the stack of `pid`, not far above `stack_pointer`, behind which stands the
/// address behind a call of the function that `program_counter` is in, or of one near it: where that function
/// may have saved its caller's frame pointer (x86-64: `push %rbp; mov %rsp,%rbp`).
std::vector<std::uint64_t> frame_pointers(int pid, std::uint64_t stack_pointer,
                                          std::uint64_t program_counter);

}  // namespace ipclab::observe
