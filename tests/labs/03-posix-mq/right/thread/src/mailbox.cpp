// Another way: notification by a thread (SIGEV_THREAD), and the try forms by a second descriptor that never blocks.

#include "mailbox.hpp"

#include <fcntl.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <system_error>
#include <vector>

namespace {

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

struct Bell {
  std::mutex mutex;
  std::condition_variable rung;
  bool has_rung = false;
};

void ring(sigval value) {
  auto* bell = static_cast<Bell*>(value.sival_ptr);
  const std::lock_guard lock(bell->mutex);
  bell->has_rung = true;
  bell->rung.notify_all();
}

timespec deadline(std::chrono::milliseconds patience) {
  const auto moment = std::chrono::system_clock::now() + patience;
  const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(moment);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(moment - seconds);
  return {seconds.time_since_epoch().count(), static_cast<long>(rest.count())};
}

}  // namespace

Mailbox::Mailbox(const std::string& name, long capacity, long size) {
  mq_attr attributes{};
  attributes.mq_maxmsg = capacity;
  attributes.mq_msgsize = size;
  // First as if it were there; two processes that both find none both come to the second line, and one opens.
  queue_ = ::mq_open(name.c_str(), O_RDWR | O_CLOEXEC);
  if (queue_ < 0 && errno == ENOENT) queue_ = ::mq_open(name.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600, &attributes);
  if (queue_ < 0) fail("mq_open");
}

Mailbox::~Mailbox() { ::mq_close(queue_); }

void Mailbox::unlink(const std::string& name) {
  if (::mq_unlink(name.c_str()) < 0) fail("mq_unlink");
}

void Mailbox::send(const std::string& text, unsigned priority, Patience patience) {
  const timespec until = patience ? deadline(*patience) : timespec{};
  for (;;) {
    const int result = patience ? ::mq_timedsend(queue_, text.data(), text.size(), priority, &until)
                                : ::mq_send(queue_, text.data(), text.size(), priority);
    if (result == 0) return;
    if (errno != EINTR) fail("send");
  }
}

Message Mailbox::receive(Patience patience) {
  mq_attr attributes{};
  ::mq_getattr(queue_, &attributes);
  std::vector<char> buffer(static_cast<std::size_t>(attributes.mq_msgsize));
  const timespec until = patience ? deadline(*patience) : timespec{};
  unsigned priority = 0;
  for (;;) {
    const ssize_t size = patience ? ::mq_timedreceive(queue_, buffer.data(), buffer.size(), &priority, &until)
                                  : ::mq_receive(queue_, buffer.data(), buffer.size(), &priority);
    if (size >= 0) return {std::string(buffer.data(), static_cast<std::size_t>(size)), priority};
    if (errno != EINTR) fail("receive");
  }
}

void Mailbox::await() {
  // It outlives this call: taking a notification back may come too late, and then it rings all the same.
  static Bell bell;
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_notify_function = ring;
  event.sigev_value.sival_ptr = &bell;
  mq_attr attributes{};
  do {
    std::unique_lock lock(bell.mutex);
    bell.has_rung = false;
    if (::mq_notify(queue_, &event) != 0) fail("mq_notify");
    ::mq_getattr(queue_, &attributes);
    if (attributes.mq_curmsgs == 0) bell.rung.wait(lock, [] { return bell.has_rung; });
    ::mq_notify(queue_, nullptr);
    ::mq_getattr(queue_, &attributes);
  } while (attributes.mq_curmsgs == 0);
}
