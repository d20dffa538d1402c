// The words that the checks of lab 04-sysv-mq have in common. Two or three consoles share a queue; ipcs says
// what the kernel has of it, ipcmk and ipcrm make and remove queues behind the consoles' backs.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "check/check.hpp"

using namespace ipclab;
using namespace ipclab::check;

constexpr char kPath[] = "desk.key", kOpen[] = "open desk.key";
constexpr int kLongest = 8192;  // kernel.msgmax

inline void make_path(Room& room, const std::string& path = kPath) {
  room.write_file(path, "");
  room.keeps(path);
}

inline Console desk(Room& room, const std::string& name, std::vector<Fault> faults = {}) {
  return room.console("desk", name, std::move(faults));
}

/// Two consoles with the same queue open. Alice has made it, so with her it goes.
struct Pair {
  explicit Pair(Room& room) : alice(desk(room, "alice")), bob(desk(room, "bob")) {
    make_path(room);
    alice.does(kOpen);
    bob.does(kOpen);
  }
  void close() const {
    bob.does("close");
    alice.does("close");
  }
  Console alice, bob;
};

inline std::string send_line(long type, const std::string& text) {
  return fmt::format("send {} {}", type, word(text));
}

/// Fills the queue to the last byte with messages of type 1; the text of the first.
inline std::string fill(Room& room, const Console& console) {
  std::string first;
  int rest = std::atoi(room.start({"cat", "/proc/sys/kernel/msgmnb"}, "cat of the limit").output().c_str());
  for (; rest > 0; rest -= kLongest) {
    const auto text = room.random_text(static_cast<std::size_t>(std::min(rest, kLongest)));
    console.does("try_" + send_line(1, text));
    if (first.empty()) first = text;
  }
  return first;
}

inline std::string message(long type, const std::string& text) { return fmt::format("{} {}", type, text); }

/// A line of `ipcs -q`.
struct Listed {
  std::string key, id, owner, mode, bytes, messages;
};

inline std::vector<Listed> listed(Room& room, const std::string& when) {
  room.requires_tool("ipcs");
  std::istringstream lines(room.start({"ipcs", "-q"}, "ipcs " + when).output());
  std::vector<Listed> queues;
  for (std::string line; std::getline(lines, line);) {
    Listed one;
    std::istringstream columns(line);
    if (line.starts_with("0x") &&
        columns >> one.key >> one.id >> one.owner >> one.mode >> one.bytes >> one.messages)
      queues.push_back(one);
  }
  return queues;
}

/// ftok(3), as glibc and musl make it of what stat(1) says.
inline std::string key_of(Room& room, const std::string& path) {
  room.requires_tool("stat");
  std::istringstream numbers(room.start({"stat", "-c", "%d %i", path}, "stat of " + path).output());
  unsigned long device = 0, inode = 0;
  numbers >> device >> inode;
  return fmt::format("0x{:08x}", ('q' << 24) | ((device & 0xff) << 16) | (inode & 0xffff));
}

inline Listed must_be_listed(Room& room, const std::string& key, const std::string& when) {
  for (const Listed& queue : listed(room, when))
    if (queue.key == key) return queue;
  fails(cause::kMechanismNotUsed,
        fmt::format("ipcs -q shows a queue with the key of ftok(\"{}\", 'q')", kPath),
        "it shows none with this key");
}

inline void must_not_be_listed(Room& room, const std::string& key, const std::string& when) {
  for (const Listed& queue : listed(room, when))
    if (queue.key == key)
      fails(
          cause::kLeftBehind, fmt::format("ipcs -q shows no queue {}", when), "the queue is still there",
          "A System V queue stays until somebody removes it (IPC_RMID), also when nobody uses it any more.");
}

/// The process number that the program itself knows: in the room it has another one than outside.
inline std::string number_of(const Console& console) {
  std::ifstream status(fmt::format("/proc/{}/status", console.pid()));
  for (std::string word; status >> word;)
    if (word == "NSpid:") {
      std::string line, number;
      std::getline(status, line);
      for (std::istringstream numbers(line); numbers >> number;) continue;
      return number;
    }
  return "";
}

/// The text of a question as the desk shows it: "4 where is the key" → "4", "where is the key".
inline std::pair<std::string, std::string> parted(const std::string& question) {
  const auto space = question.find(' ');
  return {question.substr(0, space), space == std::string::npos ? "" : question.substr(space + 1)};
}
