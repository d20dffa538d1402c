// The checks of lab 10-posix-shm. Consoles open the same board; one that stops or dies in the middle of
// preparing it makes what is rare happen at a chosen moment.
#pragma once

#include <fmt/format.h>

#include <string>

#include "check/check.hpp"

using namespace ipclab;
using namespace ipclab::check;

inline constexpr char kBoard[] = "/board";

inline std::string open_line(int bytes = 1000, const std::string& board = kBoard) {
  return fmt::format("open {} {}", board, bytes);
}
inline std::string write_line(std::size_t at, const std::string& text) {
  return fmt::format("write {} {}", at, word(text));
}
inline std::string read_line(std::size_t at, std::size_t bytes) {
  return fmt::format("read {} {}", at, bytes);
}

inline void remove(const Console& console) { console.does(fmt::format("unlink {}", kBoard)); }

/// Opens, and stops in the middle of preparing the board. Nothing when the program does not prepare it by
/// then.
inline Reply stops_in_prepare(const Console& console) {
  console.does("stop_in_prepare");
  Reply reply = console.types(open_line());
  console.must_settle();
  return reply;
}

/// The object is the header and as many bytes of text as the board says it has.
inline void must_fit(Room& room, const Console& console) {
  constexpr std::size_t kHeader = 16;  // board.hpp
  const auto text = std::stoull(console.asks("size"));
  const auto bytes = std::stoull(room.start({"stat", "-c", "%s", "/dev/shm/board"}).output());
  if (bytes != kHeader + text)
    fails(cause::kWrongAnswer, "the object holds a Header and the text, nothing behind it",
          fmt::format("the board has {} bytes of text, and its object {} in all", text, bytes));
}

/// Among the calls that it has made since it was started with count_calls().
inline void must_have_closed_once(const Console& console) {
  if (console.calls_made().needless_closes() > 0)
    fails(cause::kClosedTwice, "a descriptor is closed once",
          "it closes a descriptor that it has closed already",
          "By then the number may be that of another file, which is then closed under its owner's hands.");
}

/// Whoever opens the board now has to wait for its turn.
inline void must_wait_for_turn(const Reply& reply) { reply.must_block(on("")); }

inline std::string dots(std::size_t count) { return std::string(count, '.'); }
