// The checks of lab 02-fifo, part 1: the name.

#include <cerrno>
#include <string>
#include <vector>

#include "log.hpp"

namespace {

/// It ends, with status 1, and names the path and EEXIST.
void must_refuse(Room& room, const Program& collector) {
  room.settles();
  if (!collector.ended()) {
    room.keeps(kFifo);
    fails(cause::kBlocks, "the collector refuses what is there, and ends",
          fmt::format("it has not ended, and at {} there is now: {}", kFifo, kind_of(room, kFifo, "now")));
  }
  collector.must_exit(1);
  must_complain(collector, kFifo);
  must_complain(collector, "EEXIST");
}

std::string inode_of(Room& room, const std::string& when) {
  return room.start({"stat", "-c", "%i", kFifo}, "inode " + when).output();
}

}  // namespace

TEST_CASE("the collector makes a FIFO, for its owner only" * rule("S1") * todo(1) * points(1)) {
  Room room;
  const auto program = waiting_collector(room);
  if (const auto is = kind_of(room, kFifo, "of it"); is != "fifo, mode 600")
    fails(cause::kMechanismNotUsed, fmt::format("{} is a fifo, mode 600", kFifo),
          is.empty() ? "there is nothing of this name" : "it is a " + is);
  ends_by_force(room, program);
}

TEST_CASE("what is no FIFO is refused, and left as it is" * rule("S1") * todo(1) * points(2)) {
  Room room;
  const auto bytes = room.random_bytes(100);
  room.write_file(kFifo, bytes);
  room.keeps(kFifo);
  must_refuse(room, collector(room));
  if (!room.exists(kFifo) || room.read_file(kFifo) != bytes)
    fails(cause::kWrongOutput, "the file that was there before is still there, with what was in it",
          room.exists(kFifo) ? "its contents have changed" : "it is gone");
}

TEST_CASE("a directory, or a link to nowhere, is refused and left as it is" * rule("S1") * todo(1) *
          points(1)) {
  using Command = std::vector<std::string>;
  for (const auto& command : {Command{"mkdir", kFifo}, Command{"ln", "-s", "nowhere", kFifo}}) {
    Room room;
    room.start(command).must_exit(0);
    room.keeps(kFifo);
    const auto before = kind_of(room, kFifo, "before");
    must_refuse(room, collector(room));
    if (kind_of(room, kFifo, "after") != before)
      fails(cause::kWrongOutput, "what was there before is still there: " + before,
            "it is gone, or something else");
  }
}

TEST_CASE("a FIFO that is there already is used, and who waits at it is served" * rule("S1") * todo(1) *
          points(2)) {
  Room room;
  room.start({"mkfifo", "-m", "622", kFifo}).must_exit(0);  // somebody else's choice
  room.keeps(kFifo);
  const auto inode = inode_of(room, "before"), was = kind_of(room, kFifo, "before");
  const auto text = room.random_text();
  auto early = submit(room, text);
  early.must_block_in("open", on("fifo"));
  const auto program = collector(room);
  room.settles();
  if (!early.ended() && !program.ended() && inode_of(room, "after") != inode)
    fails(cause::kNoPartner, "who waits at the FIFO that was there is served",
          "submit still sleeps in open, and the collector waits for writers",
          "A FIFO that is made anew is another one, also when it has the same name. Who waits at the old one "
          "waits for somebody to open that.");
  early.must_exit(0);
  room.must_have_file(kOut, text + "\n", "when the one who waited has been served");
  if (const auto is = kind_of(room, kFifo, "after"); is != was)
    fails(cause::kWrongOutput, "the FIFO that was there is used as it is: " + was, "it is now: " + is);
  ends_by_force(room, program);
}
