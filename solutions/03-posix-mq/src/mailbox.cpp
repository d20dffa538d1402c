// Lab 03-posix-mq: a mailbox over a POSIX message queue.

#include "mailbox.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>

#include "ipclab/not_done.hpp"

using ipclab::not_done;

namespace {

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

/// How many bytes a message of this queue can have, and how many messages are in it.
[[maybe_unused]] mq_attr attributes_of(mqd_t queue) {
  mq_attr attributes{};
  if (::mq_getattr(queue, &attributes) != 0) fail("mq_getattr");
  return attributes;
}

/// The moment that is so far away, on the clock that the timed calls look at.
timespec from_now([[maybe_unused]] std::chrono::milliseconds patience) {
  // TODO(3): The timed calls take a moment, not a duration: mq_send(3), mq_receive(3) say on which clock. Return the
  // one that is `patience` away. The nanoseconds of a timespec stay below 1,000,000,000.
  timespec moment{};
  ::clock_gettime(CLOCK_REALTIME, &moment);
  moment.tv_sec += patience.count() / 1000;
  moment.tv_nsec += patience.count() % 1000 * 1'000'000;
  if (moment.tv_nsec >= 1'000'000'000) {
    moment.tv_sec += 1;
    moment.tv_nsec -= 1'000'000'000;
  }
  return moment;
  // END(3)
}

}  // namespace

Mailbox::Mailbox([[maybe_unused]] const std::string& name, [[maybe_unused]] long capacity, [[maybe_unused]] long size) {
  // TODO(1): Open the queue for both directions as queue_; if there is none of this name, make it, for this many messages
  // of up to this size, readable and writable for its owner only.
  mq_attr attributes{};
  attributes.mq_maxmsg = capacity;
  attributes.mq_msgsize = size;
  queue_ = ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600, &attributes);
  if (queue_ < 0) fail("mq_open");
  // END(1)
}

Mailbox::~Mailbox() { ::mq_close(queue_); }

void Mailbox::unlink([[maybe_unused]] const std::string& name) {
  // TODO(2): Take the name away from the queue.
  if (::mq_unlink(name.c_str()) != 0) fail("mq_unlink");
  // END(2)
}

void Mailbox::send([[maybe_unused]] const std::string& text, [[maybe_unused]] unsigned priority, Patience patience) {
  [[maybe_unused]] const timespec until = patience ? from_now(*patience) : timespec{};
  // TODO(4): Send the text with its priority: with patience until `until`, without for as long as it takes. An interrupted
  // call goes on; any other failure is thrown.
  int sent = -1;
  while (sent != 0) {
    sent = patience ? ::mq_timedsend(queue_, text.data(), text.size(), priority, &until)
                    : ::mq_send(queue_, text.data(), text.size(), priority);
    if (sent != 0 && errno != EINTR) fail("mq_send");
  }
  // END(4)
}

Message Mailbox::receive(Patience patience) {
  [[maybe_unused]] const timespec until = patience ? from_now(*patience) : timespec{};
  // TODO(5): Receive the next message, in the same way. How long must the buffer be, and how long is the message?
  Message message{std::string(static_cast<std::size_t>(attributes_of(queue_).mq_msgsize), '\0')};
  ssize_t size = -1;
  while (size < 0) {
    size = patience ? ::mq_timedreceive(queue_, message.text.data(), message.text.size(), &message.priority, &until)
                    : ::mq_receive(queue_, message.text.data(), message.text.size(), &message.priority);
    if (size < 0 && errno != EINTR) fail("mq_receive");
  }
  message.text.resize(static_cast<std::size_t>(size));
  return message;
  // END(5)
}

void Mailbox::await() {
  // TODO(6): Ask to be told by SIGUSR1 (blocked in this process) when a message comes to the empty queue, and sleep until the
  // signal is there. Every notification is for one time only. A message that is there already is never told: do not sleep
  // then, and take back what you have asked for. There must be no moment at which a message can come unnoticed, and a signal
  // that came for a message which you found yourself is none for the next time.
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  sigset_t notification;
  sigemptyset(&notification);
  sigaddset(&notification, SIGUSR1);
  do {
    if (::mq_notify(queue_, &event) != 0) fail("mq_notify");
    if (attributes_of(queue_).mq_curmsgs == 0) ::sigwaitinfo(&notification, nullptr);
    ::mq_notify(queue_, nullptr);
  } while (attributes_of(queue_).mq_curmsgs == 0);
  // END(6)
}
