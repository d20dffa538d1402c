// Signals that are sent or come by other ways than handlers and kill.
#pragma once

#include <sys/types.h>

namespace ipclab::race {

/// This process has got one, `code` tells from whom (sigaction(2)), and learns what its sender knew; if
/// nobody of ours sent it, what everybody knows.
void signal_came(int signal, int code);
/// One is about to be sent; to 0 or less: to everybody.
void signal_goes(pid_t pid, int signal);

}  // namespace ipclab::race
