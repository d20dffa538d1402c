// Lab 02-fifo: the reader's side of the log.
//
// How it ends: a read of a FIFO gives end-of-file when it is empty and nobody has it open for writing. The
// collector does not want that whenever a writer leaves, so it holds a write end of its own, through which it
// never writes. SIGTERM lets go of that end; then the last writer's leaving is the end of the file, and of
// the collector.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "ipclab/not_done.hpp"
#include "log.hpp"

using ipclab::not_done;

namespace {

// For stop(): a signal handler is given nothing but the signal's number.
[[maybe_unused]] const char* fifo_name = nullptr;
[[maybe_unused]] int own_end = -1;

[[maybe_unused, noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// When it returns, there is a FIFO at the path.
void make_fifo([[maybe_unused]] const std::string& path) {
  // TODO(1): Make a FIFO that its owner may read and write, and nobody else. A FIFO that is there already
  // will do. Anything else that is there is refused with EEXIST.
  if (::mkfifo(path.c_str(), 0600) == 0) return;
  const int error = errno;
  struct stat there {};
  if (error == EEXIST && ::stat(path.c_str(), &there) == 0 && S_ISFIFO(there.st_mode)) return;
  errno = error;
  fail(path);
  // END(1)
}

/// The handler of SIGTERM. It runs between any two instructions of the rest, so it may call only what
/// signal-safety(7) lists, and errno must be afterwards what it was before.
void stop(int) {
  const int before = errno;
  // TODO(4): Take the name of the FIFO away, so that no new writer comes, and let go of what keeps the end of
  // the file from coming.
  ::unlink(fifo_name);
  ::close(own_end);
  // END(4)
  errno = before;
}

/// From now on SIGTERM calls stop(). One that has come earlier was blocked, and comes now.
[[maybe_unused]] void let_sigterm_in() {
  struct sigaction action {};
  action.sa_handler = stop;
  ::sigaction(SIGTERM, &action, nullptr);
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  ::sigprocmask(SIG_UNBLOCK, &term, nullptr);
}

/// Writes all of it.
[[maybe_unused]] void append(int out, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t taken = ::write(out, bytes, size);
    if (taken < 0 && errno != EINTR) fail("cannot write the log");
    if (taken <= 0) continue;
    bytes += taken;
    size -= static_cast<std::size_t>(taken);
  }
}

/// Until SIGTERM has come and the last writer has left.
void serve([[maybe_unused]] const std::string& path, [[maybe_unused]] int out) {
  // TODO(3): Open the FIFO for reading, and as own_end for writing: which first, so that neither open()
  // sleeps for ever or fails? A read is to sleep while the FIFO is empty. Then let_sigterm_in(), and append()
  // to `out` what comes, as it comes, until the end of the file. An interrupted read (EINTR) is made again.
  const int fifo = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fifo < 0) fail(path);
  own_end = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (own_end < 0) fail(path);
  ::fcntl(fifo, F_SETFL, 0);
  let_sigterm_in();
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::read(fifo, buffer, sizeof buffer);
    if (got == 0) break;
    if (got > 0) append(out, buffer, static_cast<std::size_t>(got));
    else if (errno != EINTR) fail(path);
  }
  ::close(fifo);
  // END(3)
}

}  // namespace

void collect(const std::string& path, const std::string& out) {
  make_fifo(path);
  fifo_name = path.c_str();
  const int log = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) fail(out);
  serve(path, log);
  ::close(log);
}
