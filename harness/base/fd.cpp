#include "base/fd.hpp"

#include <fcntl.h>

#include "base/syscall.hpp"

namespace ipclab {

PipeEnds make_pipe() {
  int ends[2];
  checked(::pipe2(ends, O_CLOEXEC), "pipe2");
  return {Fd(ends[0]), Fd(ends[1])};
}

void set_nonblocking(int fd) {
  const int flags = checked(::fcntl(fd, F_GETFL), "fcntl(F_GETFL)");
  checked(::fcntl(fd, F_SETFL, flags | O_NONBLOCK), "fcntl(F_SETFL)");
}

}  // namespace ipclab
