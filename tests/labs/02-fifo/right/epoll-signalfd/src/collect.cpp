// Another right solution: one loop in epoll over the FIFO and a signalfd. The signal is never delivered to a
// handler.

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "log.hpp"

namespace {

int checked(int value, const std::string& what) {
  if (value < 0) throw std::system_error(errno, std::generic_category(), what);
  return value;
}

class Collector {
 public:
  Collector(const std::string& path, const std::string& out) : path_(path) {
    if (::mkfifo(path.c_str(), 0600) != 0) refuse_unless_fifo(errno);
    fifo_ = checked(::open(path.c_str(), O_RDONLY | O_NONBLOCK), path);
    own_ = checked(::open(path.c_str(), O_WRONLY | O_NONBLOCK), path);
    log_ = checked(::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), out);
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    signals_ = checked(::signalfd(-1, &term, 0), "signalfd");
    epoll_ = checked(::epoll_create1(0), "epoll_create1");
    watch(fifo_);
    watch(signals_);
  }
  ~Collector() {
    for (const int fd : {fifo_, log_, signals_, epoll_}) ::close(fd);
  }
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  void run() {
    while (!ended_) {
      epoll_event event{};
      const int ready = ::epoll_wait(epoll_, &event, 1, -1);
      if (ready < 0 && errno != EINTR) checked(ready, "epoll_wait");
      if (ready <= 0) continue;
      if (event.data.fd == signals_) stop();
      else take();
    }
  }

 private:
  void refuse_unless_fifo(int error) {
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0 || !S_ISFIFO(status.st_mode))
      throw std::system_error(error, std::generic_category(), path_);
  }
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }
  void stop() {
    signalfd_siginfo info{};
    if (::read(signals_, &info, sizeof info) < 0) return;  // interrupted: it is still there
    ::unlink(path_.c_str());
    ::close(own_);
  }
  void take() {
    char buffer[65536];
    const ssize_t got = ::read(fifo_, buffer, sizeof buffer);
    if (got < 0 && errno != EINTR && errno != EAGAIN) checked(-1, path_);
    ended_ = got == 0;
    for (ssize_t done = 0; done < got;) {
      const ssize_t taken = ::write(log_, buffer + done, static_cast<std::size_t>(got - done));
      if (taken < 0 && errno != EINTR) checked(-1, "the log");
      if (taken > 0) done += taken;
    }
  }

  const std::string& path_;
  int fifo_ = -1, own_ = -1, log_ = -1, signals_ = -1, epoll_ = -1;
  bool ended_ = false;
};

}  // namespace

void collect(const std::string& path, const std::string& out) { Collector(path, out).run(); }
