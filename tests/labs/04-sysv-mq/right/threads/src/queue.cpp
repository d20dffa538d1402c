// Another right solution: every call that may sleep runs in a thread of its own, as a program would have it
// whose main thread has to do other things meanwhile.

#include "queue.hpp"

#include <sys/msg.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <future>
#include <memory>
#include <system_error>

namespace {

struct Envelope {
  long type;
  char text[1];
};

using Letter = std::unique_ptr<Envelope, decltype(&std::free)>;

Letter letter(std::size_t size) {
  return Letter(static_cast<Envelope*>(std::calloc(1, sizeof(Envelope) + size)), &std::free);
}

template <typename Call>
auto in_thread(const char* name, Call call) {
  return std::async(std::launch::async,
                    [&] {
                      for (;;) {
                        const auto result = call();
                        if (result >= 0) return result;
                        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), name);
                      }
                    })
      .get();
}

int checked(int value, const char* name) {
  if (value < 0) throw std::system_error(errno, std::generic_category(), name);
  return value;
}

}  // namespace

Queue::Queue(const std::string& path) {
  const key_t key = checked(::ftok(path.c_str(), kProject), "ftok");
  while (id_ < 0) {
    id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    if (id_ >= 0) made_it_ = true;
    else if (errno == EEXIST) id_ = ::msgget(key, 0);
    else checked(id_, "msgget");
    if (id_ < 0 && errno != ENOENT) checked(id_, "msgget");
  }
}

Queue::~Queue() {
  if (made_it_) ::msgctl(id_, IPC_RMID, nullptr);
}

void Queue::send(const Message& message, bool wait) {
  if (message.text.size() > kLongest) throw std::system_error(EINVAL, std::generic_category(), "msgsnd");
  const Letter sent = letter(message.text.size());
  sent->type = message.type;
  message.text.copy(sent->text, message.text.size());
  in_thread("msgsnd", [&] { return ::msgsnd(id_, sent.get(), message.text.size(), wait ? 0 : IPC_NOWAIT); });
}

Message Queue::receive(long selector, Manner manner) {
  const Letter got = letter(manner.most);
  const int flags = (manner.wait ? 0 : IPC_NOWAIT) | (manner.cut ? MSG_NOERROR : 0);
  const auto size =
      in_thread("msgrcv", [&] { return ::msgrcv(id_, got.get(), manner.most, selector, flags); });
  return {got->type, std::string(got->text, static_cast<std::size_t>(size))};
}

std::string Queue::ask(const std::string& text) {
  send({kQuestions, std::to_string(::getpid()).append(" ").append(text)});
  return receive(::getpid()).text;
}

Question Queue::take() {
  const std::string text = receive(kQuestions).text;
  const auto space = text.find(' ');
  return {static_cast<pid_t>(std::strtol(text.c_str(), nullptr, 10)), text.substr(space + 1)};
}

void Queue::answer(pid_t asker, const std::string& text) { send({asker, text}); }
