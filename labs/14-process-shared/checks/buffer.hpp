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

/// Consoles that have the buffer open; the first has made it.
inline std::vector<Console> consoles(Room& room, const std::vector<std::string>& names, int capacity) {
  std::vector<Console> all;
  for (const std::string& name : names) {
    all.push_back(room.console("buffer", name));
    all.back().does(all.size() == 1 ? fmt::format("create {} {}", kBuffer, capacity)
                                    : fmt::format("open {}", kBuffer));
  }
  return all;
}

inline void remove(const Console& console, const std::string& buffer = kBuffer) {
  console.does("remove " + buffer);
}

/// Puts, and stops in the middle of the copy, with the lock in its hands.
inline Reply stops_in_put(const Console& console, const std::string& text,
                          const std::string& buffer = kBuffer) {
  console.does("stop_in_copy");
  Reply reply = console.types(put_line(text, buffer));
  console.must_settle();
  return reply;
}
