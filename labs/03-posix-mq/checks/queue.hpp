// The words that the checks of lab 03-posix-mq have in common. Two or three consoles share a queue; what one
// of them waits for, another one does.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "check/check.hpp"

using namespace ipclab;
using namespace ipclab::check;

constexpr char kQueue[] = "/inbox";
constexpr char kLong[] = "600000";  // ten minutes: nobody waits for that to be over

inline std::string open_line(int capacity = 4, int size = 8192) {
  return fmt::format("open {} {} {}", kQueue, capacity, size);
}

inline std::string send_line(const std::string& text, int priority = 0) {
  return fmt::format("send {} {}", word(text), priority);
}

inline std::string message(const std::string& text, int priority = 0) {
  return fmt::format("{} {}", priority, text);
}

/// The last one closes the door: no queue is left behind.
inline void remove(const Console& console) { console.does(fmt::format("unlink {}", kQueue)); }

/// Two consoles with the same queue open.
struct Pair {
  explicit Pair(Room& room, int capacity = 4, int size = 8192, const std::vector<Fault>& of_bob = {})
      : alice(room.console("mailbox", "alice")), bob(room.console("mailbox", "bob", of_bob)) {
    alice.does(open_line(capacity, size));
    bob.does(open_line(capacity, size));
  }
  Pair(Room& room, const std::vector<Fault>& of_bob) : Pair(room, 4, 8192, of_bob) {}
  Console alice, bob;
};
