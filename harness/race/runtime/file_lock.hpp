// Locks on files: fcntl's, of a process; fcntl's of an open file, and flock's.
#pragma once

namespace ipclab::race {

/// Closing any descriptor of a file gives up the process's fcntl locks on it (fcntl_locking(2)).
void drop_file_locks(int fd);

}  // namespace ipclab::race
