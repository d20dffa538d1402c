// Timers, and threads that the library starts by itself.
#pragma once

namespace ipclab::race {

/// May one of this process's timers or notifications still send a signal, or start a thread?
bool timer_is_set();

}  // namespace ipclab::race
