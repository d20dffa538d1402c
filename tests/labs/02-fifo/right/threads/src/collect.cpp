// Another right solution: a thread waits for SIGTERM, the main thread for records. The own write end is
// opened before the read end, by O_RDWR, which Linux lets nobody wait for (fifo(7)); so the read end can be a
// blocking one from the start.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <system_error>
#include <thread>

#include "log.hpp"

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int opened(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) fail(path);
  return fd;
}

}  // namespace

void collect(const std::string& path, const std::string& out) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (::mkfifo(path.c_str(), 0600) != 0) fail(path);
  } else if (!S_ISFIFO(status.st_mode)) {
    throw std::system_error(EEXIST, std::generic_category(), path);
  }
  const int own = opened(path, O_RDWR), fifo = opened(path, O_RDONLY),
            log = opened(out, O_WRONLY | O_CREAT | O_APPEND);

  std::thread stopper([&] {
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    int number = 0;
    while (::sigwait(&term, &number) != 0) {
    }
    ::unlink(path.c_str());
    ::close(own);
  });
  try {
    for (char c;;) {
      const ssize_t got = ::read(fifo, &c, 1);
      if (got == 0) break;
      if (got < 0 && errno != EINTR) fail(path);
      while (got == 1 && ::write(log, &c, 1) < 0)
        if (errno != EINTR) fail("the log");
    }
  } catch (...) {
    stopper.detach();
    throw;
  }
  stopper.join();
  ::close(fifo);
  ::close(log);
}
