// The names of system calls that a thread can be asleep in.
#pragma once

#include <string>

namespace ipclab::observe {

/// futex_waitv(2), the same on every architecture; older headers do not know it.
inline constexpr long kFutexWaitv = 449;

std::string name_of_call(long number);  // "system call 123" for one that is not in the table

}  // namespace ipclab::observe
