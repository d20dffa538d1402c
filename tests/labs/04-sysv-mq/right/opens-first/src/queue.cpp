// Another right solution: looks for the queue before it makes one, and makes it exclusively. Buffers as long
// as the message, kept in a vector; the longest message is asked for anew when it did not fit into a small
// one.

#include "queue.hpp"

#include <sys/msg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <system_error>
#include <vector>

namespace {

std::system_error failed(const char* call) { return {errno, std::generic_category(), call}; }

std::vector<char> envelope(long type, std::size_t size) {
  std::vector<char> bytes(sizeof type + size);
  std::memcpy(bytes.data(), &type, sizeof type);
  return bytes;
}

}  // namespace

Queue::Queue(const std::string& path) {
  const key_t key = ::ftok(path.c_str(), kProject);
  if (key < 0) throw failed("ftok");
  for (;;) {
    id_ = ::msgget(key, 0600);
    if (id_ >= 0) return;
    if (errno != ENOENT) throw failed("msgget");
    id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR);
    made_it_ = id_ >= 0;
    if (made_it_) return;
    if (errno != EEXIST) throw failed("msgget");
  }
}

Queue::~Queue() {
  if (made_it_) ::msgctl(id_, IPC_RMID, nullptr);
}

void Queue::send(const Message& message, bool wait) {
  auto bytes = envelope(message.type, message.text.size());
  if (message.text.size() > kLongest) throw std::system_error(EINVAL, std::generic_category(), "msgsnd");
  std::memcpy(bytes.data() + sizeof(long), message.text.data(), message.text.size());
  for (;;) {
    if (::msgsnd(id_, bytes.data(), message.text.size(), wait ? 0 : IPC_NOWAIT) == 0) return;
    if (errno != EINTR) throw failed("msgsnd");
  }
}

Message Queue::receive(long selector, Manner manner) {
  const int flags = (manner.wait ? 0 : IPC_NOWAIT) | (manner.cut ? MSG_NOERROR : 0);
  for (std::size_t room = std::min<std::size_t>(64, manner.most);;) {
    auto bytes = envelope(0, room);
    const bool small = room < manner.most;
    const ssize_t size = ::msgrcv(id_, bytes.data(), room, selector, small ? flags & ~MSG_NOERROR : flags);
    if (size < 0 && errno == E2BIG && small) room = manner.most;
    else if (size < 0 && errno != EINTR) throw failed("msgrcv");
    if (size < 0) continue;
    Message message;
    std::memcpy(&message.type, bytes.data(), sizeof message.type);
    message.text.assign(bytes.data() + sizeof(long), static_cast<std::size_t>(size));
    return message;
  }
}

std::string Queue::ask(const std::string& text) {
  std::ostringstream question;
  question << ::getpid() << ' ' << text;
  send({kQuestions, question.str()});
  return receive(::getpid()).text;
}

Question Queue::take() {
  const Message message = receive(kQuestions);
  const auto space = message.text.find(' ');
  if (space == std::string::npos) throw std::system_error(EBADMSG, std::generic_category(), "take");
  return {std::stoi(message.text), message.text.substr(space + 1)};
}

void Queue::answer(pid_t asker, const std::string& text) { send({asker, text}); }
