// The checks of lab 05-unix-socket, part 2: streams.

#include <algorithm>
#include <string>
#include <vector>

#include "desk.hpp"

TEST_CASE("receive sleeps until a line has come" * rule("S5") * todo(3) * points(2)) {
  Room room;
  Pair pair(room);
  for (int round = 0; round < 2; ++round) {
    auto got = pair.bob.types("receive");
    got.must_block(on("unix_socket"));
    pair.bob.must_block_for_good(on("unix_socket"));
    const auto text = room.random_text();
    pair.alice.does(line("send", text));
    got.must_return(text);
  }
}

TEST_CASE("three sends are three lines, however few calls receive them" * rule("S5") * todo(3) * points(2)) {
  Room room;
  Pair pair(room);
  std::vector<std::string> texts;
  for (int i = 0; i < 3; ++i) texts.push_back(room.random_text(static_cast<std::size_t>(room.random(0, 40))));
  for (const auto& text : texts) pair.alice.does(line("send", text));
  for (const auto& text : texts) pair.bob.types("receive").must_return(text);
  pair.alice.does(line("send_raw", texts[0] + "\n" + texts[1] + "\n" + texts[2].substr(0, 1)));
  pair.bob.types("receive").must_return(texts[0]);
  pair.bob.types("receive").must_return(texts[1]);
  pair.alice.does(line("send_raw", "\n"));
  pair.bob.types("receive").must_return(texts[2].substr(0, 1));
}

TEST_CASE("a line that comes in three pieces is one line" * rule("S5") * todo(3) * points(2)) {
  Room room;
  Pair pair(room);
  const std::string pieces[] = {room.random_text(), room.random_text(), room.random_text()};
  auto got = pair.bob.types("receive");
  for (const std::string& piece : pieces) {
    got.must_block(on("unix_socket"));
    pair.alice.does(line("send_raw", piece));
    got.must_wait();
  }
  pair.alice.does(line("send_raw", "\n"));
  got.must_return(pieces[0] + pieces[1] + pieces[2]);
}

TEST_CASE("a line arrives whole, whatever bytes it has, also none" * rule("S5") * todo(3) * points(2)) {
  Room room;
  Pair pair(room);
  for (const std::string& odd : {std::string("a\0b\0\0", 5), std::string("a\r"), std::string("\r"),
                                 std::string(" a "), std::string("\t\xff\x1a")}) {
    pair.alice.does(line("send", odd));
    pair.bob.types("receive").must_return(odd);
  }
  for (const std::size_t size : {0, 1, 100, 4096}) {
    auto bytes = room.random_bytes(size);
    std::ranges::replace(bytes, '\n', '\0');
    pair.alice.does(line("send", bytes));
    pair.bob.types("receive").must_return(bytes);
  }
}

TEST_CASE("a line that just fills a buffer is a line" * rule("S5") * todo(3) * points(1)) {
  Room room;
  Pair pair(room);
  for (const std::size_t size : {16, 64, 100, 128, 256, 512, 1000, 1024, 2000, 2048, 4000, 4096, 8000, 8192,
                                 10000, 16384, 32768, 65536}) {
    const auto text = room.random_text(size - 1);
    auto sent = pair.alice.types(line("send", text));
    room.settles();  // it is there, as a whole
    pair.bob.types("receive").must_return(text);
    sent.must_return();
  }
}

TEST_CASE("a send that the other side has no room for sleeps until it receives" * rule("S4") * todo(2) *
          points(3)) {
  Room room;
  Pair pair(room);
  for (const std::size_t size : {65537, 1 << 20}) {
    const auto text = room.random_text(size);
    room.write_file("long", text);
    auto sent = pair.alice.types("send_file long");
    if (size == 1 << 20) {
      sent.must_block(on("unix_socket"));
      pair.alice.must_block_for_good(on("unix_socket"));
    }
    pair.bob.does("receive_file copy");
    sent.must_return();
    if (room.read_file("copy") != text)
      fails(cause::kWrongOutput, fmt::format("all {} bytes of the line arrive, in order", size),
            "others arrive");
  }
  room.keeps("long");
  room.keeps("copy");
}

TEST_CASE("after the last line comes the end, when the other side has closed" * rule("S6") * todo(3) *
          points(2)) {
  Room room;
  Pair pair(room);
  const auto text = room.random_text();
  pair.alice.does(line("send", text));
  pair.alice.does(line("send_raw", "half a line"));
  pair.alice.does("hang_up");
  pair.bob.types("receive").must_return(text);
  for (int i = 0; i < 2; ++i) pair.bob.types("receive").must_fail("the other side has closed");
  auto waits = room.console("desk", "carol");
  waits.does(line("connect", kDesk));
  auto got = waits.types("receive");
  pair.alice.does("accept");
  got.must_block(on("unix_socket"));
  pair.alice.does("hang_up");
  got.must_fail("the other side has closed");
}

TEST_CASE("a send to who has closed fails with EPIPE, and the program goes on" * rule("S6") * todo(2) *
          points(2)) {
  Room room;
  Pair pair(room);
  pair.bob.does("hang_up");
  for (int i = 0; i < 2; ++i) pair.alice.types("send x").must_fail("EPIPE");
  const auto text = room.random_text();
  pair.bob.does(line("connect", kDesk));
  pair.alice.does("accept");
  pair.alice.does(line("send", text));
  pair.bob.types("receive").must_return(text);
}
