// An owned file descriptor, closed when it goes out of scope. Async-signal-safe except for make_pipe's
// exception.
#pragma once

#include <unistd.h>

#include <utility>

namespace ipclab {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

struct PipeEnds {
  Fd read, write;
};

/// A pipe whose ends are both close-on-exec. Throws std::system_error.
PipeEnds make_pipe();

/// Throws std::system_error.
void set_nonblocking(int fd);

}  // namespace ipclab
