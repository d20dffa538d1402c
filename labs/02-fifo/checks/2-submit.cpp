// The checks of lab 02-fifo, part 2: the writers' side. Whoever reads will do: here it is cat.

#include <cerrno>
#include <string>
#include <vector>

#include "log.hpp"

namespace {

bool has_fifo_open(const Program& program) {
  const Snapshot snapshot = program.look();
  const ipclab::Process* seen = snapshot.find(program.pid());
  return seen && std::ranges::any_of(seen->descriptors, [&](const Descriptor& descriptor) {
           return descriptor.object >= 0 &&
                  snapshot.objects[static_cast<std::size_t>(descriptor.object)].kind == ObjectKind::fifo;
         });
}

/// Started with -n, and held where it would let time pass.
Program hasty_submit(Room& room, const std::string& name) {
  return room.start({"submit", "-n", kFifo, room.random_text()}, name, {hold_before("nanosleep", 0)});
}

void must_refuse_at_once(Room& room, const Program& hasty, const std::string& error) {
  room.settles();
  if (hasty.is_held())
    fails(cause::kSleeps, "submit -n waits for nothing", "it is about to sleep for a time, to look again");
  hasty.must_exit(1);
  must_complain(hasty, error);
}

}  // namespace

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
  must_refuse_at_once(room, hasty_submit(room, "submit without a reader"), "ENXIO");
  auto reader = room.start({"cat", kFifo});
  reader.must_block_in("open", on("fifo"));
  const auto text = room.random_text();
  room.start({"submit", "-n", kFifo, text}, "submit with a reader").must_exit(0);
  reader.must_have_printed(text + "\n");
}

TEST_CASE("submit makes no FIFO of its own" * rule("S2") * todo(2) * points(1)) {
  Room room;
  auto lost = submit(room, room.random_text());
  room.settles();
  if (room.exists(kFifo)) {
    room.keeps(kFifo);
    fails(cause::kLeftBehind, "where there is no FIFO, submit makes nothing",
          "there is something now: " + kind_of(room, kFifo, "of it"));
  }
  lost.must_exit(1);
  must_complain(lost, "ENOENT");
}

TEST_CASE("submit sleeps while the FIFO is full, and submit -n says so" * rule("S2") * todo(2) * points(2)) {
  Room room;
  make_fifo(room);
  const auto reader = holder(room);
  auto flood = shell(room, fmt::format("exec yes > {}", kFifo), "flood");
  flood.must_block(on("fifo"));
  must_refuse_at_once(room, hasty_submit(room, "submit -n"), "EAGAIN");
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

TEST_CASE("a record that is too long is refused at once, also where nobody reads" * rule("S3") * todo(2) *
          points(1)) {
  Room room;
  make_fifo(room);
  const auto text = room.random_text(kLongestText + 1);
  for (const bool hasty : {false, true}) {
    const std::vector<std::string> argv = {"submit", "-n", kFifo, text};
    auto refused = hasty ? room.start(argv, "submit -n") : submit(room, text);
    refused.must_exit(1);
    must_complain(refused, "EMSGSIZE");
  }
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
  const auto text = room.random_text();
  std::vector<Fault> interrupted;
  for (const int nth : {1, 2, 3})
    for (const auto& fault :
         {interrupt("open", nth), on_fifo(interrupt("write", nth)), on_fifo(interrupt("writev", nth))})
      interrupted.push_back(fault);
  auto writer = submit(room, text, "submit", interrupted);
  writer.must_block(on("fifo"));  // as if nothing had happened
  auto reader = room.start({"cat", kFifo});
  writer.must_exit(0);
  reader.must_have_printed(text + "\n");
}
