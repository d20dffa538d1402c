// Threads that do not come from pthread_create.
#pragma once

namespace ipclab::race {

/// This thread was started by the library: it is a task from here to its end. False: no more can be watched.
bool begin_stranger();

}  // namespace ipclab::race
