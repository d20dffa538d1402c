// The words that the checks of lab 14-process-shared have in common. Consoles share buffers; SIGSTOP in the
// middle of a copy, death in the middle of a copy and a wake-up without a reason make what is rare happen at
// a chosen moment.
#pragma once

#include <fmt/format.h>
#include <signal.h>

#include <string>
#include <vector>

#include "check/check.hpp"

using namespace ipclab;
using namespace ipclab::check;

constexpr char kBuffer[] = "/buffer";

inline std::string put_line(const std::string& text, const std::string& buffer = kBuffer) {
  return fmt::format("put {} {}", buffer, word(text));
}
inline std::string get_line(const std::string& buffer = kBuffer) { return "get " + buffer; }

inline std::vector<Console> consoles(Room& room, const std::vector<std::string>& names) {
  std::vector<Console> all;
  for (const std::string& name : names) all.push_back(room.console("buffer", name));
  return all;
}

inline void create(const Console& console, int capacity, const std::string& buffer = kBuffer) {
  console.does(fmt::format("create {} {}", buffer, capacity));
}

/// … that have the buffer open; the first has made it.
inline std::vector<Console> consoles(Room& room, const std::vector<std::string>& names, int capacity) {
  auto all = consoles(room, names);
  create(all.front(), capacity);
  for (std::size_t i = 1; i < all.size(); ++i) all[i].does(fmt::format("open {}", kBuffer));
  return all;
}

inline void remove(const Console& console, const std::string& buffer = kBuffer) {
  console.does("remove " + buffer);
}

/// Wakes whoever sleeps on a condition, and changes nothing.
inline void stray_wakeup(const Console& console) { console.does(fmt::format("stray_wakeup {}", kBuffer)); }

/// Dies in the middle of the copy, with the lock in its hands.
inline void dies_in(const Console& console, const std::string& line) {
  console.does("die_in_copy");
  console.types(line);
  console.must_be_killed_by(SIGKILL);
}

/// Stops in the middle of the copy, with the lock in its hands.
inline Reply stops_in(const Console& console, const std::string& line) {
  console.does("stop_in_copy");
  Reply reply = console.types(line);
  console.must_settle();
  return reply;
}
inline Reply stops_in_put(const Console& console, const std::string& text,
                          const std::string& buffer = kBuffer) {
  return stops_in(console, put_line(text, buffer));
}
inline Reply stops_in_get(const Console& console, const std::string& buffer = kBuffer) {
  return stops_in(console, get_line(buffer));
}
