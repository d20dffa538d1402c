// The checks of lab 05-unix-socket, part 4: parcels.

#include <algorithm>
#include <string>
#include <vector>

#include "desk.hpp"

TEST_CASE("a datagram is one parcel, never a part and never two" * rule("S8") * todo(4) * points(2)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  for (const std::string& name : {std::string(kBox), abstract_name(room)}) {
    alice.does(line("box", name));
    std::vector<std::string> texts;
    for (const std::size_t size : {3, 0, 1, 4096}) texts.push_back(room.random_bytes(size));
    for (const std::string& odd : {std::string("a\0b\0", 4), std::string("\n"), std::string(" a\r\n")})
      texts.push_back(odd);
    for (const auto& text : texts) bob.does(fmt::format("post {} {}", name, word(text)));
    for (const auto& text : texts) alice.types("collect").must_return("text " + text);
  }
}

TEST_CASE("collect sleeps until a parcel comes" * rule("S8") * todo(4) * points(2)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  alice.does(line("box", kBox));
  for (int round = 0; round < 2; ++round) {
    auto got = alice.types("collect");
    got.must_block(on(fmt::format("socket {}", kBox)));
    alice.must_block_for_good(on(fmt::format("socket {}", kBox)));
    const auto text = room.random_text();
    bob.does(fmt::format("post {} {}", kBox, text));
    got.must_return("text " + text);
  }
}

TEST_CASE("a text that is too long is refused, and the next parcel is whole" * rule("S8") * todo(4) *
          points(1)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  alice.does(line("box", kBox));
  const auto fits = room.random_text(4096);
  for (const std::string& text : {fits + "x", fits}) bob.does(fmt::format("post {} {}", kBox, text));
  alice.types("collect").must_fail("EMSGSIZE");
  alice.types("collect").must_return("text " + fits);
}

TEST_CASE("a file that comes in a parcel can be read, also when its name is gone" * rule("S9") * todo(4) *
          points(3)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  alice.does(line("box", kBox));
  const auto text = room.random_text(), content = room.random_text();
  room.write_file("letter", content);
  bob.does(fmt::format("post {} {}", kBox, text));
  bob.does(fmt::format("post {} {} letter", kBox, text));
  bob.does(fmt::format("post {} {}", kBox, text));
  room.start({"rm", "-f", "letter"}).must_exit(0);
  bob.quits();
  alice.types("collect").must_return("text " + text);
  alice.types("collect").must_return("file " + text);
  alice.types("read").must_return(content);
  must_be_close_on_exec(alice, "file that it was sent");
  alice.types("collect").must_return("text " + text);
}

TEST_CASE("a parcel may have a file and no text" * rule("S9") * todo(4) * points(1)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  alice.does(line("box", kBox));
  const auto content = room.random_text();
  room.write_file("letter", content);
  room.keeps("letter");
  bob.does(fmt::format("post {} {} letter", kBox, word("")));
  alice.types("collect").must_return("file ");
  alice.types("read").must_return(content);
}

TEST_CASE("a file that came in a parcel is as it was sent: who reads it sleeps until there is something" *
          rule("S9") * todo(4) * points(1)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  alice.does(line("box", kBox));
  room.start({"mkfifo", "channel"}).must_exit(0);
  room.keeps("channel");
  bob.does(fmt::format("post {} x channel", kBox));
  alice.types("collect").must_return("file x");
  alice.types("read").must_block(on("fifo"));
  alice.kill();  // it would read for ever: it has the FIFO open for writing, too
  room.keeps(kBox);
}

TEST_CASE("a parcel that is refused leaves no file open" * rule("S9") * todo(4) * points(3)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  room.write_file("letter", room.random_text());
  room.keeps("letter");
  alice.does(line("box", kBox));
  const std::size_t before = open_descriptors(alice);
  bob.does(fmt::format("post {} x letter letter", kBox));
  alice.types("collect").must_fail("EBADMSG");
  must_have_as_many(alice, before, "a parcel with two files");
  bob.does(fmt::format("post {} x letter letter letter", kBox));
  alice.types("collect").must_fail("EBADMSG");
  must_have_as_many(alice, before, "a parcel with three files");
  bob.does(fmt::format("post {} {} letter", kBox, room.random_text(4097)));
  alice.types("collect").must_fail("EMSGSIZE");
  must_have_as_many(alice, before, "a parcel that is too long");
  bob.does(fmt::format("post {} {} letter letter", kBox, room.random_text(4097)));
  alice.types("collect").must_fail("MSG");  // EMSGSIZE or EBADMSG: both are true
  must_have_as_many(alice, before, "a parcel that is too long, with two files");
  bob.does(fmt::format("post {} x letter", kBox));
  alice.types("collect").must_return("file x");
  alice.does("drop");
  must_have_as_many(alice, before, "a file that was closed");
}
