// The checks of lab 02-fifo, part 4: the stop.

#include <cerrno>
#include <string>
#include <vector>

#include "log.hpp"

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

namespace {

/// Runs on until it is held for the nth time; a writer comes when it waits. False: it waits again before
/// that.
bool comes_to_its_nth_hold(Room& room, const Program& program, int nth) {
  bool served = false;
  for (int holds = 0;;) {
    room.settles();
    if (!program.is_held()) {
      if (served) return false;
      submits(room, room.random_text(), "submit");
      served = true;
    } else if (++holds < nth) {
      program.goes_on();
    } else {
      return true;
    }
  }
}

}  // namespace

TEST_CASE("SIGTERM just before the collector falls asleep is not forgotten" * rule("S6") * todo(4) *
          points(2) * needs("SIGTERM ends a collector that waits, and the FIFO is gone")) {
  constexpr int kMost = 12;  // enough for everything that it does for one writer
  for (int nth = 1; nth <= kMost; ++nth) {
    Room room;
    std::vector<Fault> holds;  // wherever it may be about to sleep, or not
    for (const char* call : {"open", "poll", "select", "epoll_wait"}) holds.push_back(hold_ahead(call, 0));
    holds.push_back(on_fifo(hold_ahead("read", 0)));
    const auto program = collector(room, holds);
    if (!comes_to_its_nth_hold(room, program, nth)) return ends_by_force(room, program);
    program.signal(SIGTERM);
    runs_on(room, program);
    if (!program.ended() && !program.is_held())
      fails(
          cause::kBlocks, "collector ends, also when SIGTERM comes just before it waits",
          "it has handled the signal, and then gone to sleep",
          "A handler that only sets a flag comes too late for whoever has looked at the flag and is about to "
          "sleep. Nothing wakes the sleeper then but another signal.");
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
  program.must_block_for_good(on("fifo"));
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
