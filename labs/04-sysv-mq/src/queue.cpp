// Lab 04-sysv-mq: questions and answers over one System V message queue.

#include "queue.hpp"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

#include "ipclab/not_done.hpp"

using ipclab::not_done;

namespace {

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

/// A message as msgsnd(2) and msgrcv(2) want it: the type, and right behind it the text. How long the text is
/// does not stand in it.
struct Envelope {
  long type;
  char text[kLongest];
};

}  // namespace

Queue::Queue([[maybe_unused]] const std::string& path) {
  // TODO(1): Make the queue whose key is ftok(path, kProject), readable and writable for its owner only, or
  // find the one that is there; set id_ and made_it_. Somebody else may make or remove it at any moment:
  // whoever comes too late to make it finds it, and whoever comes too late to find it makes it.
  not_done(1);
  // END(1)
}

Queue::~Queue() {
  if (made_it_) ::msgctl(id_, IPC_RMID, nullptr);
}

void Queue::send(const Message& message, [[maybe_unused]] bool wait) {
  Envelope envelope{};
  if (message.text.size() > sizeof envelope.text) {
    errno = EINVAL;
    fail("msgsnd");
  }
  // TODO(2): Fill in the envelope and send it: which size does msgsnd(2) want to be told? An interrupted call
  // (EINTR) is made again; any other failure is thrown.
  not_done(2);
  // END(2)
}

Message Queue::receive([[maybe_unused]] long selector, Manner manner) {
  Envelope envelope{};
  if (manner.most > sizeof envelope.text) manner.most = sizeof envelope.text;
  // TODO(3): Receive into the envelope in this manner, and return the type and the text, which is as long as
  // msgrcv(2) says. An interrupted call (EINTR) is made again; any other failure is thrown.
  not_done(3);
  // END(3)
}

std::string Queue::ask([[maybe_unused]] const std::string& text) {
  // TODO(4): Send a question, as take() reads it: the number of this process, a space, and the text. Then
  // wait for the answer to this process.
  not_done(4);
  // END(4)
}

Question Queue::take() {
  const std::string text = receive(kQuestions).text;
  const char *begin = text.data(), *end = begin + text.size();
  Question question;
  const auto [rest, error] = std::from_chars(begin, end, question.asker);
  if (error != std::errc{} || rest == end || *rest != ' ')
    throw std::system_error(EBADMSG, std::generic_category(), "a question that does not say who asks");
  question.text.assign(rest + 1, end);
  return question;
}

void Queue::answer(pid_t asker, const std::string& text) { send({asker, text}); }
