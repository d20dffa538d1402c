// Lab 03-posix-mq: a mailbox over a POSIX message queue. The contract: given, not to be changed.
#pragma once

#include <mqueue.h>

#include <chrono>
#include <optional>
#include <string>

struct Message {
  std::string text;  // any bytes, also none
  unsigned priority = 0;
};

/// How long a call may wait. Nothing: as long as it takes. Zero: not at all.
using Patience = std::optional<std::chrono::milliseconds>;

/// An open queue. Every function that fails throws std::system_error with the errno of the call that failed; a call that
/// a signal has interrupted (EINTR) has not failed.
class Mailbox {
 public:
  /// Opens the queue `name` ("/inbox"); makes it, for `capacity` messages of up to `size` bytes, when there is none.
  Mailbox(const std::string& name, long capacity, long size);
  /// Closes it. The queue and its messages stay.
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Waits while the queue is full. EMSGSIZE: the text is longer than the queue takes. ETIMEDOUT: still full.
  void send(const std::string& text, unsigned priority, Patience patience = {});
  /// Waits while the queue is empty. The oldest message of the highest priority. ETIMEDOUT: still empty.
  Message receive(Patience patience = {});
  /// Sleeps until the queue has a message, and leaves it there; returns at once when it has one. Asks the kernel to
  /// tell (mq_notify). EBUSY: another process has asked already.
  void await();

  /// The queue's name is gone; the queue, when the last has closed it. ENOENT: there is none of that name.
  static void unlink(const std::string& name);

 private:
  mqd_t queue_ = -1;
};
