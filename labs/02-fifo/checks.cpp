// The checks of lab 02-fifo. The other side of the FIFO is a program of the machine wherever one will do: cat
// and sh read, write, and hold ends open.

#include "check/check.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <iterator>
#include <string>
#include <vector>

#include "base/text.hpp"

using namespace ipclab;
using namespace ipclab::check;

namespace {

constexpr char kFifo[] = "log", kOut[] = "out";
constexpr int kLongestText = PIPE_BUF - 1;  // and the newline
constexpr int kMostHolds = 1000;            // enough for a collector that reads byte by byte

Program shell(Room& room, const std::string& script, const std::string& name) {
  return room.start({"sh", "-c", script}, name);
}

void make_fifo(Room& room) {
  room.start({"mkfifo", kFifo}).must_exit(0);
  room.keeps(kFifo);
}

/// Both names may be there at the end.
Program collector(Room& room, std::vector<Fault> faults = {}) {
  room.keeps(kOut);
  return room.start({"collector", kFifo, kOut}, "", std::move(faults));
}

/// … which has come so far that it waits for writers.
Program waiting_collector(Room& room) {
  auto program = collector(room);
  program.must_block(on("fifo"));
  return program;
}

Program submit(Room& room, const std::string& text, const std::string& name = "submit",
               std::vector<Fault> faults = {}) {
  return room.start({"submit", kFifo, text}, name, std::move(faults));
}

void submits(Room& room, const std::string& text, const std::string& name) {
  submit(room, text, name).must_exit(0);
}

/// Both ends open, until its input ends: the FIFO has a reader that reads nothing.
Program holder(Room& room) {
  auto program = shell(room, fmt::format("exec 3<>{}; read line", kFifo), "holder");
  room.settles();
  return program;
}

/// Ends the collector without asking it: for the checks that are not about the stop.
void ends_by_force(Room& room, const Program& collector) {
  room.keeps(kFifo);
  collector.kill();
}

void stops(const Program& collector) {
  collector.signal(SIGTERM);
  collector.must_exit(0);
}

void must_complain(const Program& program, const std::string& about) {
  const std::string said = program.error_output();
  if (said.find(about) != std::string::npos) return;
  fails(cause::kWrongOutput, "a line on standard error that contains \"" + about + "\"",
        said.empty() ? "standard error is empty" : "standard error says: " + said);
}

std::vector<std::string> lines_of(const std::string& bytes) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end; begin < bytes.size(); begin = end + 1) {
    end = std::min(bytes.find('\n', begin), bytes.size());
    lines.push_back(bytes.substr(begin, end - begin));
  }
  std::ranges::sort(lines);
  return lines;
}

/// These records, in any order, each in one piece. `when` ends the sentence of what was expected.
void must_be_whole(const std::string& bytes, std::vector<std::string> records, const std::string& when,
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
void runs_on(Room& room, const Program& program) {
  for (int i = 0; i < kMostHolds; ++i) {
    room.settles();
    if (!program.is_held()) return;
    program.goes_on();
  }
}

Fault on_fifo(Fault fault) {
  fault.on = Fault::On::pipe;
  return fault;
}

std::string record_of_random_size(Room& room) {
  return room.random_text(static_cast<std::size_t>(room.random(1, kLongestText)));
}

std::size_t open_descriptors(const Program& program) { return program.descriptors().size(); }

}  // namespace

// The name.

TEST_CASE("the collector makes a FIFO, for its owner only" * rule("S1") * todo(1) * points(1)) {
  Room room;
  const auto program = waiting_collector(room);
  auto stat = room.start({"stat", "-c", "%F, mode %a", kFifo});
  if (const auto is = stat.output(); is != "fifo, mode 600\n")
    fails(cause::kMechanismNotUsed, fmt::format("{} is a fifo, mode 600", kFifo),
          is.empty() ? "there is nothing of this name" : "it is a " + is.substr(0, is.find('\n')));
  ends_by_force(room, program);
}

TEST_CASE("what is no FIFO is refused, and left as it is" * rule("S1") * todo(1) * points(2)) {
  Room room;
  const auto bytes = room.random_bytes(100);
  room.write_file(kFifo, bytes);
  room.keeps(kFifo);
  auto refused = collector(room);
  refused.must_exit(1);
  must_complain(refused, kFifo);
  must_complain(refused, "EEXIST");
  if (!room.exists(kFifo) || room.read_file(kFifo) != bytes)
    fails(cause::kWrongOutput, "the file that was there before is still there, with what was in it",
          room.exists(kFifo) ? "its contents have changed" : "it is gone");
}

TEST_CASE("a FIFO that is there already is used, and who waits at it is served" * rule("S1") * todo(1) *
          points(2)) {
  Room room;
  make_fifo(room);
  const auto text = room.random_text();
  auto early = submit(room, text);
  early.must_block_in("open", on("fifo"));
  const auto program = collector(room);
  room.settles();
  if (!early.ended() && !program.ended())
    fails(cause::kNoPartner, "who waits at the FIFO that was there is served",
          "submit still sleeps in open, and the collector waits for writers",
          "A FIFO that is made anew is another one, also when it has the same name. Who waits at the old one "
          "waits for somebody to open that.");
  early.must_exit(0);
  room.must_have_file(kOut, text + "\n", "when the one who waited has been served");
  ends_by_force(room, program);
}

// The writers' side. Whoever reads will do: here it is cat.

TEST_CASE("submit sleeps until somebody opens the FIFO to read, as a reader does until somebody writes" *
          rule("S2") * todo(2) * points(2)) {
  Room room;
  make_fifo(room);
  const auto first = room.random_text(), second = room.random_text();
  auto writer = submit(room, first, "early submit");
  writer.must_block(on("fifo"));
  room.start({"cat", kFifo}, "late cat").must_have_printed(first + "\n");
  writer.must_exit(0);

  auto reader = room.start({"cat", kFifo}, "early cat");
  reader.must_block_in("open", on("fifo"));
  submits(room, second, "late submit");
  reader.must_have_printed(second + "\n");
}

TEST_CASE("submit -n does not wait for a reader, and says that there is none" * rule("S2") * todo(2) *
          points(2)) {
  Room room;
  make_fifo(room);
  auto alone = room.start({"submit", "-n", kFifo, room.random_text()}, "submit without a reader");
  alone.must_exit(1);
  must_complain(alone, "ENXIO");
  auto reader = room.start({"cat", kFifo});
  reader.must_block_in("open", on("fifo"));
  const auto text = room.random_text();
  room.start({"submit", "-n", kFifo, text}, "submit with a reader").must_exit(0);
  reader.must_have_printed(text + "\n");
}

TEST_CASE("submit makes no FIFO of its own" * rule("S2") * todo(2) * points(1)) {
  Room room;
  auto lost = submit(room, room.random_text());
  lost.must_exit(1);
  must_complain(lost, "ENOENT");
}

TEST_CASE("submit sleeps while the FIFO is full, and submit -n says so" * rule("S2") * todo(2) * points(2)) {
  Room room;
  make_fifo(room);
  const auto reader = holder(room);
  auto flood = shell(room, fmt::format("exec yes > {}", kFifo), "flood");
  flood.must_block(on("fifo"));
  auto hasty = room.start({"submit", "-n", kFifo, room.random_text()}, "submit -n");
  hasty.must_exit(1);
  must_complain(hasty, "EAGAIN");
  const auto text = room.random_text();
  auto patient = submit(room, text);
  patient.must_block(on("fifo"));
  flood.kill();
  auto cat = room.start({"cat", kFifo});
  patient.must_exit(0);
  room.settles();
  reader.input_ends();
  if (const auto all = cat.output(); !all.ends_with(text + "\n"))
    fails(cause::kWrongOutput, "the record comes when there is room for it",
          fmt::format("the last line is {}",
                      ipclab::quoted(all.substr(all.size() - std::min<std::size_t>(all.size(), 30)))));
}

TEST_CASE("a record of up to PIPE_BUF bytes goes through, a longer one is refused" * rule("S3") * todo(2) *
          points(2)) {
  Room room;
  make_fifo(room);
  for (const int size : {0, 1, kLongestText}) {
    auto reader = room.start({"cat", kFifo}, fmt::format("cat of {}", size));
    const auto text = room.random_text(static_cast<std::size_t>(size));
    submits(room, text, fmt::format("submit of {}", size));
    reader.must_have_printed(text + "\n");
  }
  const auto ends = holder(room);
  auto reader = room.start({"cat", kFifo}, "cat of the rest");
  for (const int size : {kLongestText + 1, 2 * PIPE_BUF + room.random(0, PIPE_BUF)}) {
    auto refused =
        submit(room, room.random_text(static_cast<std::size_t>(size)), fmt::format("submit of {}", size));
    refused.must_exit(1);
    must_complain(refused, "EMSGSIZE");
  }
  const auto text = room.random_text();
  submits(room, text, "submit after that");
  room.settles();
  ends.input_ends();
  reader.must_have_printed(text + "\n");
}

TEST_CASE("records of eight writers never interleave" * rule("S3") * todo(2) * points(3)) {
  Room room;
  make_fifo(room);
  const auto ends = holder(room);
  // Who needs a second call for a record is held before it, while the others write.
  const std::vector<Fault> slow{on_fifo(hold_before("write", 2)), on_fifo(hold_before("writev", 2))};
  std::vector<std::string> records{room.random_text(static_cast<std::size_t>(kLongestText)),
                                   room.random_text(20)};
  const std::vector<Program> held{submit(room, records[0], "submit 1", slow),
                                  submit(room, records[1], "submit 2", slow)};
  room.settles();
  for (int i = 3; i <= 8; ++i) {
    records.push_back(record_of_random_size(room));
    submits(room, records.back(), fmt::format("submit {}", i));
  }
  const bool in_parts = std::ranges::any_of(held, &Program::is_held);
  for (const Program& writer : held) {
    runs_on(room, writer);
    writer.must_exit(0);
  }
  auto cat = room.start({"cat", kFifo});
  room.settles();
  ends.input_ends();
  must_be_whole(cat.output(), records, "from eight writers",
                in_parts
                    ? "submit needs more than one call for a record. It was held between two of them, and "
                      "the others wrote there."
                    : "");
}

bool has_fifo_open(const Program& program) {
  const Snapshot snapshot = program.look();
  const ipclab::Process* seen = snapshot.find(program.pid());
  return seen && std::ranges::any_of(seen->descriptors, [&](const Descriptor& descriptor) {
           return descriptor.object >= 0 &&
                  snapshot.objects[static_cast<std::size_t>(descriptor.object)].kind == ObjectKind::fifo;
         });
}

TEST_CASE("submit says so when its reader has left" * rule("S7") * todo(2) * points(1)) {
  Room room;
  make_fifo(room);
  auto reader = room.start({"cat", kFifo});
  auto writer = submit(room, room.random_text(), "submit",
                       {on_fifo(hold_before("write", 0)), on_fifo(hold_before("writev", 0))});
  for (writer.must_be_held(); !has_fifo_open(writer); writer.must_be_held())
    writer.goes_on();  // what it says before
  reader.kill();
  runs_on(room, writer);
  writer.must_exit(1);
  must_complain(writer, "EPIPE");
}

TEST_CASE("an interrupted submit goes on" * rule("S7") * todo(2) * points(1)) {
  Room room;
  make_fifo(room);
  auto reader = room.start({"cat", kFifo});
  const auto text = room.random_text();
  submit(room, text, "submit",
         {interrupt("open", 1), on_fifo(interrupt("write", 1)), on_fifo(interrupt("writev", 1))})
      .must_exit(0);
  reader.must_have_printed(text + "\n");
}

// The collector.

TEST_CASE("the collector sleeps while nobody writes, also when the last writer has left" * rule("S4") *
          todo(3) * points(3)) {
  Room room;
  const auto program = waiting_collector(room);
  const std::size_t before = open_descriptors(program);
  std::string wanted;
  for (int round = 1; round <= 3; ++round) {
    const auto text = room.random_text();
    submits(room, text, fmt::format("submit {}", round));
    wanted += text + "\n";
    room.must_have_file(kOut, wanted, fmt::format("after {} writers", round));
    program.must_block(on("fifo"));
  }
  if (const std::size_t after = open_descriptors(program); after != before)
    fails(cause::kDescriptorLeak, "the collector has as many descriptors open after three writers as before",
          fmt::format("there are {}, and there were {}", after, before));
  ends_by_force(room, program);
}

TEST_CASE("every byte comes through, in order, as soon as it has come" * rule("S4") * todo(3) * points(2)) {
  Room room;
  const auto old = room.random_text() + "\n";
  room.write_file(kOut, old);  // what is there stays
  const auto program = waiting_collector(room);
  std::string wanted = old;
  auto writer = shell(room, fmt::format("exec cat > {}", kFifo), "cat");
  for (const std::size_t size : {1, 4096, 65537, 1 << 20}) {
    const auto bytes = room.random_bytes(size);
    writer.types(bytes);
    wanted += bytes;
    room.must_have_file(kOut, wanted, fmt::format("while the writer of {} bytes is still there", size));
  }
  writer.input_ends();
  writer.must_exit(0);
  ends_by_force(room, program);
}

TEST_CASE("echo is a writer like any other" * rule("S4") * todo(3) * points(1)) {
  Room room;
  const auto program = waiting_collector(room);
  const auto one = room.random_text(), two = room.random_text();
  shell(room, fmt::format("echo {} > {}", one, kFifo), "echo").must_exit(0);
  room.must_have_file(kOut, one + "\n", "after one echo");
  shell(room, fmt::format("echo {} > {}", two, kFifo), "another echo").must_exit(0);
  room.must_have_file(kOut, one + "\n" + two + "\n", "after two");
  ends_by_force(room, program);
}

TEST_CASE("eight writers at once are all served" * rule("S4") * todo(3) * points(2)) {
  Room room;
  const auto program = waiting_collector(room);
  std::vector<std::string> records;
  std::vector<Program> writers;
  for (int i = 1; i <= 8; ++i) {
    records.push_back(record_of_random_size(room));
    writers.push_back(submit(room, records.back(), fmt::format("submit {}", i)));
  }
  for (const Program& writer : writers) writer.must_exit(0);
  room.settles();
  must_be_whole(room.read_file(kOut), records, "from eight writers");
  ends_by_force(room, program);
}

TEST_CASE("no record is lost, whatever the collector is about to do when it comes" * rule("S5") * todo(3) *
          points(3) * needs("the collector sleeps while nobody writes, also when the last writer has left")) {
  for (const char* call : {"open", "close", "read"}) {
    Room room;
    make_fifo(room);
    Fault hold = hold_before(call, 0);  // at every one
    if (call != std::string("open")) hold.on = Fault::On::pipe;
    const auto program = collector(room, {hold});
    std::vector<std::string> records;
    std::vector<Program> writers;
    // A record while it is held, or when it has come to rest.
    for (int i = 1; i <= 6; ++i) {
      room.settles();
      const bool was_held = program.is_held();
      records.push_back(room.random_text());
      writers.push_back(submit(room, records.back(), fmt::format("submit {} at {}", i, call)));
      room.settles();
      if (was_held) program.goes_on();
    }
    runs_on(room, program);
    for (const Program& writer : writers) writer.must_exit(0);
    room.settles();
    must_be_whole(room.read_file(kOut), records,
                  fmt::format("when the collector is held before each {}, and each submit ended well", call));
    ends_by_force(room, program);
  }
}

TEST_CASE("the collector survives short reads, short writes and interrupted calls" * rule("S7") * todo(3) *
          points(2)) {
  Room room;
  make_fifo(room);
  const auto program = collector(room, {short_count("read", 7), short_count("write", 3)});
  const auto bytes = room.random_bytes(100) + "\n";
  auto writer = shell(room, fmt::format("exec cat > {}", kFifo), "cat");
  writer.types(bytes);
  room.must_have_file(kOut, bytes, "when reads give 7 bytes and writes take 3");
  ends_by_force(room, program);
  writer.input_ends();
  writer.must_exit(0);

  Room other;
  const auto interrupted = collector(
      other, {interrupt("read", 1), interrupt("read", 3), interrupt("write", 1), interrupt("write", 3),
              interrupt("poll", 1), interrupt("select", 1), interrupt("epoll_wait", 1)});
  interrupted.must_block(on("fifo"));
  std::string wanted;
  for (int i = 1; i <= 3; ++i) {
    wanted += other.random_text() + "\n";
    submits(other, wanted.substr(wanted.size() - 13, 12), fmt::format("submit {}", i));
    other.must_have_file(kOut, wanted, "when calls are interrupted");
  }
  ends_by_force(other, interrupted);
}

TEST_CASE("a log that cannot be written is an error" * rule("S7") * todo(3) * points(1)) {
  Room room;
  room.keeps(kFifo);
  Fault full = fail("write", ENOSPC, 1);
  full.on = Fault::On::file;
  auto program = collector(room, {full});
  program.must_block(on("fifo"));
  submits(room, room.random_text(), "submit");
  program.must_exit(1);
  must_complain(program, "ENOSPC");
}

// The stop.

TEST_CASE("SIGTERM ends a collector that waits, and the FIFO is gone" * rule("S6") * todo(4) * points(2)) {
  Room room;
  const auto fresh = waiting_collector(room);
  stops(fresh);
  room.must_hold({kOut});

  auto again = room.start({"collector", kFifo, kOut}, "collector after a writer");
  again.must_block(on("fifo"));
  submits(room, room.random_text(), "submit");
  room.settles();
  stops(again);
  room.must_hold({kOut});
}

TEST_CASE("SIGTERM before the collector is ready is not forgotten" * rule("S6") * todo(4) * points(1)) {
  Room room;
  make_fifo(room);
  auto program = collector(room, {hold_before("open", 0)});
  program.must_be_held();
  program.signal(SIGTERM);
  runs_on(room, program);
  program.must_exit(0);
  room.must_hold({kOut});
}

TEST_CASE("SIGTERM just before the collector falls asleep is not forgotten" * rule("S6") * todo(4) *
          points(2) * needs("SIGTERM ends a collector that waits, and the FIFO is gone")) {
  for (const int nth : {1, 2}) {
    Room room;
    std::vector<Fault> holds;
    for (const char* call : {"read", "poll", "select", "epoll_wait"}) holds.push_back(hold_ahead(call, nth));
    holds[0].on = Fault::On::pipe;
    const auto program = collector(room, holds);
    room.settles();
    if (!program.is_held()) submits(room, room.random_text(), "submit");
    room.settles();
    program.signal(SIGTERM);
    runs_on(room, program);
    if (!program.ended() && !program.is_held())
      fails(cause::kBlocks, "collector ends, also when SIGTERM comes just before it waits",
            "it has handled the signal, and then gone to sleep",
            "A handler that only sets a flag comes too late for whoever has looked at the flag and is about "
            "to sleep. "
            "Nothing wakes the sleeper then but another signal.");
    program.must_exit(0);
    room.must_hold({kOut});
  }
}

TEST_CASE("at SIGTERM the name goes at once, and the collector when the last writer has left" * rule("S6") *
          todo(4) * points(3)) {
  Room room;
  const auto program = waiting_collector(room);
  auto writer = shell(room, fmt::format("exec cat > {}", kFifo), "cat");
  const auto before = room.random_text() + "\n", after = room.random_text() + "\n";
  writer.types(before);
  room.must_have_file(kOut, before, "while the writer is still there");
  program.signal(SIGTERM);
  room.settles();
  if (program.ended())
    fails(cause::kEndedEarly, "the collector goes on until its last writer has left",
          "it has ended, and cat still has the FIFO open for writing");
  if (room.exists(kFifo))
    fails(cause::kLeftBehind, "at SIGTERM the collector takes the name of the FIFO away",
          "the name is still there: a new writer could come");
  writer.types(after);
  room.must_have_file(kOut, before + after, "when the writer has written after the SIGTERM");
  writer.input_ends();
  writer.must_exit(0);
  program.must_exit(0);
}

TEST_CASE("what is in the FIFO at SIGTERM is not lost" * rule("S6") * todo(4) * points(2)) {
  Room room;
  const auto program = waiting_collector(room);
  program.signal(SIGSTOP);
  room.settles();
  std::string wanted;
  for (int i = 1; i <= 3; ++i) {
    const auto text = room.random_text();
    submits(room, text, fmt::format("submit {}", i));
    wanted += text + "\n";
  }
  program.signal(SIGTERM);
  program.signal(SIGCONT);
  program.must_exit(0);
  room.must_have_file(kOut, wanted, "after the end");
}
