// Another right solution: no write end of its own. When the last writer has left, the FIFO is opened anew,
// and only then is the old descriptor closed: what came in between stays in the FIFO. SIGTERM comes only
// inside ppoll.

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "log.hpp"

namespace {

volatile std::sig_atomic_t asked_to_stop = 0;

void note(int) { asked_to_stop = 1; }

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int open_fifo(const std::string& path) {
  const int fifo = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  struct stat status {};
  if (fifo < 0 && errno == ENOENT) errno = EEXIST;  // a link to nowhere has the name
  if (fifo < 0 || ::fstat(fifo, &status) != 0) fail(path);
  if (!S_ISFIFO(status.st_mode)) throw std::system_error(EEXIST, std::generic_category(), path);
  return fifo;
}

void append(int out, const char* bytes, ssize_t size) {
  while (size > 0) {
    const ssize_t taken = ::write(out, bytes, static_cast<std::size_t>(size));
    if (taken < 0 && errno != EINTR) fail("the log");
    if (taken > 0) bytes += taken, size -= taken;
  }
}

}  // namespace

void collect(const std::string& path, const std::string& out) {
  if (::mkfifo(path.c_str(), S_IRUSR | S_IWUSR) != 0 && errno != EEXIST) fail(path);
  int fifo = open_fifo(path);
  const int log = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (log < 0) fail(out);
  struct sigaction action {};
  action.sa_handler = note;
  ::sigaction(SIGTERM, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  char buffer[4096];
  for (bool stopping = false;;) {
    const ssize_t got = ::read(fifo, buffer, sizeof buffer);
    if (got > 0) append(log, buffer, got);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    if (got < 0 && errno != EAGAIN) fail(path);
    if (got == 0 && stopping) break;
    if (got == 0) {
      const int next = open_fifo(path);
      ::close(fifo);
      fifo = next;
    }
    pollfd polled{fifo, POLLIN, 0};
    if (::ppoll(&polled, 1, nullptr, &none) < 0 && errno != EINTR) fail("ppoll");
    if (!asked_to_stop || stopping) continue;
    stopping = true;
    ::unlink(path.c_str());
  }
  ::close(fifo);
  ::close(log);
}
