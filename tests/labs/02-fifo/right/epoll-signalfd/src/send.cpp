// Another right solution: always non-blocking inside. Only the open has to wait by itself: no call waits for
// a reader otherwise. A full FIFO is waited for in poll.

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "log.hpp"

void send_record(const std::string& path, const std::string& text, bool wait) {
  const auto fail = [&](int error) { throw std::system_error(error, std::generic_category(), path); };
  const std::string record = text + '\n';
  if (record.size() > kLongest) fail(EMSGSIZE);
  int fifo = -1;
  while (fifo < 0) {
    fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK));
    if (fifo < 0 && errno != EINTR) fail(errno);
  }
  ::fcntl(fifo, F_SETFL, O_NONBLOCK);
  while (::write(fifo, record.data(), record.size()) < 0) {
    if (errno == EINTR) continue;
    if (errno != EAGAIN || !wait) fail(errno);
    pollfd polled{fifo, POLLOUT, 0};
    ::poll(&polled, 1, -1);
  }
  ::close(fifo);
}
