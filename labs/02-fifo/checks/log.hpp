// The words that the checks of lab 02-fifo have in common. The other side of the FIFO is a program of the
// machine wherever one will do: cat and sh read, write, and hold ends open.
#pragma once

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <climits>
#include <iterator>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "check/check.hpp"

using namespace ipclab;
using namespace ipclab::check;

constexpr char kFifo[] = "log", kOut[] = "out";
constexpr int kLongestText = PIPE_BUF - 1;  // and the newline
constexpr int kMostHolds = 1000;            // enough for a collector that reads byte by byte

inline Program shell(Room& room, const std::string& script, const std::string& name) {
  return room.start({"sh", "-c", script}, name);
}

inline void make_fifo(Room& room) {
  room.start({"mkfifo", kFifo}).must_exit(0);
  room.keeps(kFifo);
}

/// Both names may be there at the end.
inline Program collector(Room& room, std::vector<Fault> faults = {}) {
  room.keeps(kOut);
  return room.start({"collector", kFifo, kOut}, "", std::move(faults));
}

/// … which has come so far that it waits for writers.
inline Program waiting_collector(Room& room) {
  auto program = collector(room);
  program.must_block(on("fifo"));
  return program;
}

inline Program submit(Room& room, const std::string& text, const std::string& name = "submit",
                      std::vector<Fault> faults = {}) {
  return room.start({"submit", kFifo, text}, name, std::move(faults));
}

inline void submits(Room& room, const std::string& text, const std::string& name) {
  submit(room, text, name).must_exit(0);
}

/// Both ends open, until its input ends: the FIFO has a reader that reads nothing.
inline Program holder(Room& room) {
  auto program = shell(room, fmt::format("exec 3<>{}; read line; :", kFifo), "holder");
  room.settles();
  return program;
}

/// Ends the collector without asking it: for the checks that are not about the stop.
inline void ends_by_force(Room& room, const Program& collector) {
  room.keeps(kFifo);
  collector.kill();
}

inline void stops(const Program& collector) {
  collector.signal(SIGTERM);
  collector.must_exit(0);
}

/// As stat(1) says it: "fifo, mode 600"; empty: there is nothing of this name.
inline std::string kind_of(Room& room, const std::string& path, const std::string& when) {
  const auto is = room.start({"stat", "-c", "%F, mode %a", path}, "stat " + when).output();
  return is.substr(0, is.find('\n'));
}

inline void must_complain(const Program& program, const std::string& about) {
  const std::string said = program.error_output();
  if (said.find(about) != std::string::npos) return;
  fails(cause::kWrongOutput, "a line on standard error that contains \"" + about + "\"",
        said.empty() ? "standard error is empty" : "standard error says: " + said);
}

inline std::vector<std::string> lines_of(const std::string& bytes) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end; begin < bytes.size(); begin = end + 1) {
    end = std::min(bytes.find('\n', begin), bytes.size());
    lines.push_back(bytes.substr(begin, end - begin));
  }
  std::ranges::sort(lines);
  return lines;
}

/// These records, in any order, each in one piece. `when` ends the sentence of what was expected.
inline void must_be_whole(const std::string& bytes, std::vector<std::string> records, const std::string& when,
                          const std::string& because = "") {
  std::ranges::sort(records);
  const auto lines = lines_of(bytes);
  if (lines == records && (bytes.empty() || bytes.back() == '\n')) return;
  std::vector<std::string> strange;
  std::ranges::copy_if(lines, std::back_inserter(strange),
                       [&](const std::string& line) { return !std::ranges::binary_search(records, line); });
  const std::string expected = fmt::format("{} records come out, each whole, {}", records.size(), when);
  if (strange.empty())
    fails(cause::kWrongOutput, expected,
          fmt::format("{} lines come out, each of them a record", lines.size()));
  const auto longest = std::ranges::max_element(strange, {}, &std::string::size);
  fails(cause::kWrongOutput, expected,
        fmt::format("{} lines come out that nobody has written as a record, one of them {}", strange.size(),
                    ipclab::quoted(*longest)),
        because);
}

/// Lets it go on from wherever it is held, until it comes to rest elsewhere.
inline void runs_on(Room& room, const Program& program) {
  for (int i = 0; i < kMostHolds; ++i) {
    room.settles();
    if (!program.is_held()) return;
    program.goes_on();
  }
}

inline Fault on_fifo(Fault fault) {
  fault.on = Fault::On::pipe;
  return fault;
}

inline std::string record_of_random_size(Room& room) {
  return room.random_text(static_cast<std::size_t>(room.random(1, kLongestText)));
}

inline std::size_t open_descriptors(const Program& program) { return program.descriptors().size(); }
