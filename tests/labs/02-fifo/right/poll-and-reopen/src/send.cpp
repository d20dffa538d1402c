// Another right solution: the record goes out by writev, in one call as well. The open without a reader waits
// by itself; the FIFO is then switched to the way of waiting that was asked for.

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "log.hpp"

void send_record(const std::string& path, const std::string& text, bool wait) {
  const auto failed = [&] { return std::system_error(errno, std::generic_category(), path); };
  if (text.size() >= kLongest) throw std::system_error(EMSGSIZE, std::generic_category(), path);
  int fifo;
  do fifo = ::open(path.c_str(), wait ? O_WRONLY : O_WRONLY | O_NONBLOCK);
  while (fifo < 0 && errno == EINTR);
  if (fifo < 0) throw failed();
  char newline = '\n';
  const iovec parts[] = {{const_cast<char*>(text.data()), text.size()}, {&newline, 1}};
  ssize_t written;
  do written = ::writev(fifo, parts, 2);
  while (written < 0 && errno == EINTR);
  const auto error = failed();
  ::close(fifo);
  if (written < 0) throw error;
}
