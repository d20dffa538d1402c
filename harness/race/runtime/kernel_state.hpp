// What the kernel says of the state of tasks (proc_pid_stat(5)). No allocation, nothing left open.
#pragma once

#include "race/record.hpp"

namespace ipclab::race {

/// Gone from the tables of the kernel, or a zombie: its descriptors are closed by then.
bool is_gone(int pid);
void wait_until_gone(int pid);

/// In a system call, or in the kernel's own business.
bool is_asleep(const Task& task);

/// Is a signal on its way to one that waits, or may its handler just run?
enum class Signals { none, come, may_run };
Signals signal_state(const Task& task);

}  // namespace ipclab::race
