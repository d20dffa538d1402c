// Another right solution: tries without waiting, and sleeps only when that says that it has to. Removes the
// queue only if it is still the one that it has made.

#include "queue.hpp"

#include <sys/msg.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace {

struct Buffer {
  long type = 0;
  char bytes[kLongest];
};

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Of a call that gives -1 when it fails: not interrupted.
template <typename Call>
ssize_t whole(Call call) {
  ssize_t result;
  do result = call();
  while (result < 0 && errno == EINTR);
  return result;
}

}  // namespace

Queue::Queue(const std::string& path) {
  const key_t key = ::ftok(path.c_str(), kProject);
  if (key == -1) fail(path);
  while ((id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600)) < 0) {
    if (errno != EEXIST) fail(path);
    if ((id_ = ::msgget(key, 0600)) >= 0) return;
    if (errno != ENOENT) fail(path);
  }
  made_it_ = true;
}

Queue::~Queue() {
  msqid_ds state{};
  if (made_it_ && ::msgctl(id_, IPC_STAT, &state) == 0) ::msgctl(id_, IPC_RMID, nullptr);
}

void Queue::send(const Message& message, bool wait) {
  Buffer buffer;
  if (message.text.size() > kLongest) {
    errno = EINVAL;
    fail("send");
  }
  buffer.type = message.type;
  std::ranges::copy(message.text, buffer.bytes);
  const auto try_it = [&](int flags) {
    return whole([&] { return ::msgsnd(id_, &buffer, message.text.size(), flags); });
  };
  if (try_it(IPC_NOWAIT) == 0) return;
  if (errno != EAGAIN || !wait || try_it(0) < 0) fail("send");
}

Message Queue::receive(long selector, Manner manner) {
  Buffer buffer;
  const int cut = manner.cut ? MSG_NOERROR : 0;
  const auto try_it = [&](int flags) {
    return whole([&] { return ::msgrcv(id_, &buffer, manner.most, selector, flags | cut); });
  };
  manner.most = std::min(manner.most, sizeof buffer.bytes);
  ssize_t size = try_it(IPC_NOWAIT);
  if (size < 0 && errno == ENOMSG && manner.wait) size = try_it(0);
  if (size < 0) fail("receive");
  return {buffer.type, {buffer.bytes, buffer.bytes + size}};
}

std::string Queue::ask(const std::string& text) {
  send({kQuestions, std::to_string(::getpid()) + " " + text});
  Message message;
  while (message.type != ::getpid()) message = receive(::getpid());
  return message.text;
}

Question Queue::take() {
  const std::string text = receive(kQuestions).text;
  std::size_t used = 0;
  const int asker = std::stoi(text, &used);
  return {asker, text.substr(used + 1)};
}

void Queue::answer(pid_t asker, const std::string& text) { send({asker, text}); }
