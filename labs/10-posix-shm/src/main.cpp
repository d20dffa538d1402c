// Lab 10-posix-shm: a console over a board, to be used in two terminals. Given.

#include <csignal>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "board.hpp"
#include "ipclab/console.hpp"

using ipclab::number;
using ipclab::Words;

namespace {

enum class InPrepare { nothing, stop, die } in_prepare = InPrepare::nothing;

std::size_t count(const std::string& word) { return static_cast<std::size_t>(number(word)); }

}  // namespace

void prepare(Header& header, std::size_t bytes) {
  const InPrepare now = in_prepare;
  in_prepare = InPrepare::nothing;
  header.bytes = bytes;
  std::memset(header.text, '.', bytes / 2);
  if (now == InPrepare::stop) std::raise(SIGSTOP);
  if (now == InPrepare::die) std::raise(SIGKILL);
  std::memset(header.text + bytes / 2, '.', bytes - bytes / 2);
  ++header.times_prepared;
}

int main() {
  std::unique_ptr<Board> board;
  const auto open = [&]() -> Board& {
    if (!board) throw std::runtime_error("no board is open");
    return *board;
  };
  ipclab::Console console;
  console.on("open NAME [BYTES]", [&](const Words& words) {
    board.reset();
    board = std::make_unique<Board>(words[0], words.size() > 1 ? count(words[1]) : 1000);
    return "";
  });
  console.on("write AT TEXT", [&](const Words& words) { return open().write(count(words[0]), words[1]), ""; });
  console.on("read AT BYTES", [&](const Words& words) { return open().read(count(words[0]), count(words[1])); });
  console.on("size", [&](const Words&) { return std::to_string(open().size()); });
  console.on("times_prepared", [&](const Words&) { return std::to_string(open().times_prepared()); });
  console.on("close", [&](const Words&) { return board.reset(), ""; });
  console.on("unlink NAME", [](const Words& words) { return Board::unlink(words[0]), ""; });
  // For trying what seldom happens: the next time this process prepares a board it stops (SIGSTOP, until SIGCONT) or dies,
  // half-way.
  console.on("stop_in_prepare", [](const Words&) { return in_prepare = InPrepare::stop, ""; });
  console.on("die_in_prepare", [](const Words&) { return in_prepare = InPrepare::die, ""; });
  return console.run();
}
