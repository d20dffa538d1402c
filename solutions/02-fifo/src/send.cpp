// Lab 02-fifo: the writers' side of the log.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "ipclab/not_done.hpp"
#include "log.hpp"

using ipclab::not_done;

namespace {

[[maybe_unused, noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

void send_record([[maybe_unused]] const std::string& path, const std::string& text,
                 [[maybe_unused]] bool wait) {
  const std::string record = text + '\n';
  // TODO(2): Refuse a record that is longer than kLongest (set errno to EMSGSIZE and fail). Open the FIFO for
  // writing, waiting for a reader or not, and write the record in one piece. An interrupted call (EINTR) is
  // made again; any other that fails, fails here too.
  if (record.size() > kLongest) {
    errno = EMSGSIZE;
    fail(path);
  }
  int fifo = -1;
  while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK))) < 0)
    if (errno != EINTR) fail(path);
  while (::write(fifo, record.data(), record.size()) < 0)
    if (errno != EINTR) fail(path);
  ::close(fifo);
  // END(2)
}
