// Lab 03-posix-mq: a console over a mailbox, to be used in two terminals. Given.

#include <csignal>
#include <memory>

#include "ipclab/console.hpp"
#include "mailbox.hpp"

using ipclab::number;
using ipclab::Words;

namespace {

unsigned priority_of(const Words& words) {
  return words.size() > 1 ? static_cast<unsigned>(number(words[1])) : 0;
}

std::string shown(const Message& message) { return std::to_string(message.priority) + " " + message.text; }

/// What cannot be had at once "would block": the same answer whichever way the mailbox finds out.
template <typename Call>
auto at_once(Call call) try {
  return call();
} catch (const std::system_error& error) {
  if (error.code() != std::errc::timed_out) throw;
  throw std::system_error(EAGAIN, std::generic_category(), "would block");
}

}  // namespace

int main() {
  // Blocked from the start and in every thread: the signal waits until somebody asks for it (sigwaitinfo,
  // signalfd).
  sigset_t notification;
  sigemptyset(&notification);
  sigaddset(&notification, SIGUSR1);
  sigprocmask(SIG_BLOCK, &notification, nullptr);

  std::unique_ptr<Mailbox> mailbox;
  const auto open = [&]() -> Mailbox& {
    if (!mailbox) throw std::runtime_error("no mailbox is open");
    return *mailbox;
  };
  constexpr std::chrono::milliseconds kNow{0};

  ipclab::Console console;
  console.on("open NAME [CAPACITY] [SIZE]", [&](const Words& words) {
    mailbox.reset();
    mailbox = std::make_unique<Mailbox>(words[0], words.size() > 1 ? number(words[1]) : 4,
                                        words.size() > 2 ? number(words[2]) : 8192);
    return "";
  });
  console.on("send TEXT [PRIORITY]", [&](const Words& words) {
    open().send(words[0], priority_of(words));
    return "";
  });
  console.on("try_send TEXT [PRIORITY]", [&](const Words& words) {
    at_once([&] { open().send(words[0], priority_of(words), kNow); });
    return "";
  });
  console.on("send_for MILLISECONDS TEXT", [&](const Words& words) {
    open().send(words[1], 0, std::chrono::milliseconds(number(words[0])));
    return "";
  });
  console.on("receive", [&](const Words&) { return shown(open().receive()); });
  console.on("try_receive",
             [&](const Words&) { return shown(at_once([&] { return open().receive(kNow); })); });
  console.on("receive_for MILLISECONDS", [&](const Words& words) {
    return shown(open().receive(std::chrono::milliseconds(number(words[0]))));
  });
  console.on("await", [&](const Words&) {
    open().await();
    return "";
  });
  console.on("close", [&](const Words&) {
    mailbox.reset();
    return "";
  });
  console.on("unlink NAME", [](const Words& words) {
    Mailbox::unlink(words[0]);
    return "";
  });
  return console.run();
}
