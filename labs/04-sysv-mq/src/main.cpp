// Lab 04-sysv-mq: a console over a queue, to be used in several terminals. Given.

#include <memory>

#include "ipclab/console.hpp"
#include "queue.hpp"

using ipclab::number;
using ipclab::Words;

namespace {

std::string shown(const Message& message) { return std::to_string(message.type) + " " + message.text; }

std::size_t size_of(const std::string& word) { return static_cast<std::size_t>(number(word)); }

}  // namespace

int main() {
  std::unique_ptr<Queue> queue;
  const auto open = [&]() -> Queue& {
    if (!queue) throw std::runtime_error("no queue is open");
    return *queue;
  };

  ipclab::Console console;
  console.on("open PATH", [&](const Words& words) {
    queue.reset();
    queue = std::make_unique<Queue>(words[0]);
    return queue->has_made_it() ? "made" : "found";
  });
  console.on("close", [&](const Words&) {
    queue.reset();
    return "";
  });
  console.on("send TYPE TEXT", [&](const Words& words) {
    open().send({number(words[0]), words[1]});
    return "";
  });
  console.on("try_send TYPE TEXT", [&](const Words& words) {
    open().send({number(words[0]), words[1]}, false);
    return "";
  });
  console.on("receive SELECTOR", [&](const Words& words) { return shown(open().receive(number(words[0]))); });
  console.on("try_receive SELECTOR",
             [&](const Words& words) { return shown(open().receive(number(words[0]), {.wait = false})); });
  console.on("receive_most BYTES SELECTOR", [&](const Words& words) {
    return shown(open().receive(number(words[1]), {.most = size_of(words[0])}));
  });
  console.on("receive_cut BYTES SELECTOR", [&](const Words& words) {
    return shown(open().receive(number(words[1]), {.most = size_of(words[0]), .cut = true}));
  });
  console.on("ask TEXT", [&](const Words& words) { return open().ask(words[0]); });
  console.on("take", [&](const Words&) {
    const Question question = open().take();
    return std::to_string(question.asker) + " " + question.text;
  });
  console.on("answer ASKER TEXT", [&](const Words& words) {
    open().answer(static_cast<pid_t>(number(words[0])), words[1]);
    return "";
  });
  return console.run();
}
