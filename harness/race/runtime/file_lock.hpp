// Locks on files: fcntl's, of a process; fcntl's of an open file, and flock's.
#pragma once

#include <cstdint>

namespace ipclab::race {

/// flock(2), by its function or by its number.
int flock_at(int fd, int operation, std::uint64_t place);

/// Closing any descriptor of a file gives up the process's fcntl locks on it (fcntl_locking(2)).
void drop_file_locks(int fd);

}  // namespace ipclab::race
