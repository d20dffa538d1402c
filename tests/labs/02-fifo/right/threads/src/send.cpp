// Another right solution: the C library's stream, with a buffer that a whole record fits into.

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "log.hpp"

void send_record(const std::string& path, const std::string& text, bool wait) {
  if (text.size() + 1 > kLongest) throw std::system_error(EMSGSIZE, std::generic_category(), path);
  int fifo = -1;
  while (fifo < 0) {
    fifo = ::open(path.c_str(), wait ? O_WRONLY : O_WRONLY | O_NONBLOCK);
    if (fifo < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), path);
  }
  while (::dprintf(fifo, "%s\n", text.c_str()) < 0)
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), path);
  ::close(fifo);
}
