// The checks of lab 02-fifo, part 3: the collector.

#include <cerrno>
#include <string>
#include <vector>

#include "log.hpp"

TEST_CASE("the collector sleeps while nobody writes, also when the last writer has left" * rule("S4") *
          todo(3) * points(3)) {
  Room room;
  const auto program = waiting_collector(room);
  std::size_t after_one = 0;  // who sleeps in its first open until then has made another mistake
  std::string wanted;
  for (int round = 1; round <= 3; ++round) {
    const auto text = room.random_text();
    submits(room, text, fmt::format("submit {}", round));
    wanted += text + "\n";
    room.must_have_file(kOut, wanted, fmt::format("after {} writers", round));
    program.must_block_for_good(on("fifo"));
    if (round == 1) after_one = open_descriptors(program);
  }
  if (const std::size_t after = open_descriptors(program); after != after_one)
    fails(cause::kDescriptorLeak,
          "the collector has as many descriptors open after three writers as after one",
          fmt::format("there are {}, and there were {}", after, after_one));
  ends_by_force(room, program);
}

TEST_CASE("every byte comes through, in order, as soon as it has come" * rule("S4") * todo(3) * points(2)) {
  Room room;
  const auto old = room.random_text() + "\n";
  room.write_file(kOut, old);  // what is there stays
  const auto program = waiting_collector(room);
  std::string wanted = old;
  auto writer = shell(room, fmt::format("exec cat > {}", kFifo), "cat");
  for (const std::size_t size : {0, 1, 4096, 65537, 1 << 20}) {
    const auto bytes = size == 0 ? "\n" : room.random_bytes(size);  // an empty line is one, too
    writer.types(bytes);
    wanted += bytes;
    room.must_have_file(kOut, wanted,
                        fmt::format("while the writer of {} bytes is still there", bytes.size()));
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
  room.settles();
  if (!program.ended())
    fails(cause::kBlocks, "the collector ends with status 1 when it cannot write to OUT (ENOSPC)",
          "it goes on, and waits for the next record");
  program.must_exit(1);
  must_complain(program, "ENOSPC");
}
