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
  not_done(3);
  // END(3)
}

}  // namespace

Mailbox::Mailbox([[maybe_unused]] const std::string& name, [[maybe_unused]] long capacity, [[maybe_unused]] long size) {
  // TODO(1): Open the queue for both directions as queue_; if there is none of this name, make it, for this many messages
  // of up to this size, readable and writable for its owner only.
  not_done(1);
  // END(1)
}

Mailbox::~Mailbox() { ::mq_close(queue_); }

void Mailbox::unlink([[maybe_unused]] const std::string& name) {
  // TODO(2): Take the name away from the queue.
  not_done(2);
  // END(2)
}

void Mailbox::send([[maybe_unused]] const std::string& text, [[maybe_unused]] unsigned priority, Patience patience) {
  [[maybe_unused]] const timespec until = patience ? from_now(*patience) : timespec{};
  // TODO(4): Send the text with its priority: with patience until `until`, without for as long as it takes. An interrupted
  // call goes on; any other failure is thrown.
  not_done(4);
  // END(4)
}

Message Mailbox::receive(Patience patience) {
  [[maybe_unused]] const timespec until = patience ? from_now(*patience) : timespec{};
  // TODO(5): Receive the next message, in the same way. How long must the buffer be, and how long is the message?
  not_done(5);
  // END(5)
}

void Mailbox::await() {
  // TODO(6): Ask to be told by SIGUSR1 (blocked in this process) when a message comes to the empty queue, and sleep until the
  // signal is there. Every notification is for one time only. A message that is there already is never told: do not sleep
  // then, and take back what you have asked for. There must be no moment at which a message can come unnoticed, and a signal
  // that came for a message which you found yourself is none for the next time.
  not_done(6);
  // END(6)
}
