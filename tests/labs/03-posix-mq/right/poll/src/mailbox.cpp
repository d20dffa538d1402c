// Another way: the descriptor never blocks, and poll(2) does all the waiting. On Linux a queue's descriptor can be polled
// (mq_overview(7), "Polling message queue descriptors"); POSIX does not promise it.

#include "mailbox.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(int error, const char* call) { throw std::system_error(error, std::generic_category(), call); }

/// Tries, and sleeps until it is worth another try.
template <typename Try>
auto patiently(mqd_t queue, short event, Patience patience, const char* call, Try attempt) {
  const auto end = Clock::now() + patience.value_or(std::chrono::milliseconds(0));
  for (;;) {
    const auto result = attempt();
    if (result >= 0) return result;
    if (errno != EAGAIN && errno != EINTR) fail(errno, call);
    if (errno == EINTR) continue;
    int wait = -1;
    if (patience) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
      if (left.count() <= 0) fail(ETIMEDOUT, call);
      wait = static_cast<int>(left.count());
    }
    pollfd polled{queue, event, 0};
    if (::poll(&polled, 1, wait) < 0 && errno != EINTR) fail(errno, "poll");
  }
}

mq_attr attributes_of(mqd_t queue) {
  mq_attr attributes{};
  if (::mq_getattr(queue, &attributes) != 0) fail(errno, "mq_getattr");
  return attributes;
}

}  // namespace

Mailbox::Mailbox(const std::string& name, long capacity, long size) {
  mq_attr attributes{};
  attributes.mq_maxmsg = capacity;
  attributes.mq_msgsize = size;
  queue_ = ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, S_IRUSR | S_IWUSR, &attributes);
  if (queue_ == -1) fail(errno, "mq_open");
}

Mailbox::~Mailbox() { ::mq_close(queue_); }

void Mailbox::unlink(const std::string& name) {
  if (::mq_unlink(name.c_str()) == -1) fail(errno, "mq_unlink");
}

void Mailbox::send(const std::string& text, unsigned priority, Patience patience) {
  patiently(queue_, POLLOUT, patience, "mq_send",
            [&] { return ::mq_send(queue_, text.data(), text.size(), priority); });
}

Message Mailbox::receive(Patience patience) {
  Message message;
  message.text.resize(static_cast<std::size_t>(attributes_of(queue_).mq_msgsize));
  const auto size = patiently(queue_, POLLIN, patience, "mq_receive", [&] {
    return ::mq_receive(queue_, message.text.data(), message.text.size(), &message.priority);
  });
  message.text.resize(static_cast<std::size_t>(size));
  return message;
}

void Mailbox::await() {
  sigset_t notification;
  sigemptyset(&notification);
  sigaddset(&notification, SIGUSR1);
  const int signals = ::signalfd(-1, &notification, SFD_CLOEXEC);
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  do {
    if (::mq_notify(queue_, &event) == -1) {
      const int error = errno;
      ::close(signals);
      fail(error, "mq_notify");
    }
    signalfd_siginfo told;
    if (attributes_of(queue_).mq_curmsgs == 0 && ::read(signals, &told, sizeof told) < 0 && errno != EINTR) std::abort();
    ::mq_notify(queue_, nullptr);
  } while (attributes_of(queue_).mq_curmsgs == 0);
  ::close(signals);
}
