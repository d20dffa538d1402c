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
  not_done(2);
  // END(2)
}
