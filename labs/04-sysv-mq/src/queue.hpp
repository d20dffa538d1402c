// The contract of lab 04-sysv-mq: questions and answers over one System V message queue. Given, not to be
// changed.
//
// Every function that fails throws std::system_error with the errno of the call that failed; after it the
// queue goes on. A call that a signal has interrupted (EINTR) has not failed. A queue that is removed while a
// call waits in it fails that call with EIDRM; later calls fail with EINVAL.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

struct Message {
  long type = 0;     // above 0
  std::string text;  // any bytes, also none
};

struct Question {
  pid_t asker = 0;
  std::string text;
};

/// The longest text: what Linux allows when nobody has changed it (proc(5), /proc/sys/kernel/msgmax).
inline constexpr std::size_t kLongest = 8192;
/// The second argument of ftok(3), for everybody.
inline constexpr int kProject = 'q';
/// The type of all questions. The type of an answer is the process number of the asker, which is never 1.
inline constexpr long kQuestions = 1;

/// How a message is received.
struct Manner {
  bool wait = true;             // false: fail with ENOMSG where there is none to select
  std::size_t most = kLongest;  // a longer text fails with E2BIG and stays in the queue, …
  bool cut = false;             // … or is cut to this length; the rest is lost
};

class Queue {
 public:
  /// Opens the queue whose key is ftok(path, kProject). When there is none, makes it, for its owner only, and
  /// is then the one who has made it: exactly one of all who open it, also when they come at the same moment.
  explicit Queue(const std::string& path);
  /// Removes the queue if this object has made it.
  ~Queue();
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  bool has_made_it() const { return made_it_; }

  /// Sleeps while the queue is full; without `wait` fails with EAGAIN. EINVAL: the type is not above 0, or
  /// the text is longer than kLongest.
  void send(const Message& message, bool wait = true);

  /// Selects and takes a message. selector 0: the oldest; above 0: the oldest of this type; below 0: of the
  /// types up to -selector the lowest that is there, and of this the oldest. Sleeps while there is none to
  /// select.
  Message receive(long selector, Manner manner = {});

  /// Asks, and sleeps until the answer is there. Takes nobody else's answer.
  std::string ask(const std::string& text);
  /// The oldest question. Sleeps while there is none.
  Question take();
  void answer(pid_t asker, const std::string& text);

 private:
  int id_ = -1;
  bool made_it_ = false;
};
