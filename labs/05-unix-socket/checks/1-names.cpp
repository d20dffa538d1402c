// The checks of lab 05-unix-socket, part 1: names.

#include <algorithm>
#include <string>
#include <vector>

#include "desk.hpp"

TEST_CASE("a stream listens under a file name and under an abstract name" * rule("S1") * todo(1) *
          points(2)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  for (const std::string& name : {std::string(kDesk), std::string("./other"), abstract_name(room)}) {
    alice.does(line("listen", name));
    bob.does(line("connect", name));
    alice.types("accept").must_return(bob.asks("whoami"));
  }
}

TEST_CASE("accept sleeps until somebody connects" * rule("S1") * todo(1) * points(2)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  alice.does(line("listen", kDesk));
  for (int round = 0; round < 2; ++round) {
    auto accepted = alice.types("accept");
    accepted.must_block(on(fmt::format("socket {}", kDesk)));
    bob.does(line("connect", kDesk));
    accepted.must_return(bob.asks("whoami"));
  }
}

TEST_CASE("the file of a socket whose owner has gone is replaced" * rule("S2") * todo(1) * points(2)) {
  Room room;
  auto old = room.console("desk", "old");
  old.does(line("listen", kDesk));
  old.does(line("box", kBox));
  old.kill();
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  alice.does(line("listen", kDesk));
  alice.does(line("box", kBox));
  bob.does(line("connect", kDesk));
  alice.types("accept").must_return(bob.asks("whoami"));
}

TEST_CASE("a name that somebody has is refused, and its owner goes on" * rule("S2") * todo(1) * points(3)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  for (const std::string& name : {std::string(kDesk), abstract_name(room)}) {
    alice.does(line("listen", name));
    bob.types(line("listen", name)).must_fail("EADDRINUSE");
    // An abstract name belongs to its type of socket: a stream and a box may have the same.
    if (name == kDesk) bob.types(line("box", name)).must_fail("EADDRINUSE");
    bob.does(line("connect", name));
    must_accept(alice, bob);
  }
  alice.does(line("box", kBox));
  bob.types(line("box", kBox)).must_fail("EADDRINUSE");
  bob.types(line("listen", kBox)).must_fail("EADDRINUSE");
  bob.does(fmt::format("post {} x", kBox));
}

TEST_CASE("an abstract name that somebody has is refused, whatever files there are" * rule("S2") * todo(1) *
          points(1)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  const std::string name = abstract_name(room), text = room.random_text();
  room.write_file(name, text);  // its letters, but another name
  room.keeps(name);
  alice.does(line("listen", name));
  bob.types(line("listen", name)).must_fail("EADDRINUSE");
  alice.does("close");
  alice.does(line("box", name));  // the only one of that name: who asks for a stream finds nobody
  bob.types(line("box", name)).must_fail("EADDRINUSE");
  bob.does(fmt::format("post {} x", name));
  alice.types("collect").must_return("text x");
  if (!room.exists(name) || room.read_file(name) != text)
    fails(cause::kWrongAnswer, "the file whose name has the same letters is there, as it was",
          "it is gone, or changed");
}

TEST_CASE("a name is refused at once when so many wait to be accepted that no more can" * rule("S2") *
          todo(1) * points(2)) {
  constexpr int kMany = 300;  // more than have room, unless somebody has asked for more
  Room room;
  auto alice = room.console("desk", "alice"), crowd = room.console("desk", "crowd"),
       bob = room.console("desk", "bob");
  alice.does(line("listen", kDesk));
  for (int i = 0; i < kMany; ++i) crowd.types(line("connect", kDesk));
  room.settles();  // now one of them waits until there is room
  bob.types(line("listen", kDesk)).must_fail("EADDRINUSE");
  bob.types(line("box", kDesk)).must_fail("EADDRINUSE");
  if (!room.exists(kDesk))
    fails(cause::kWrongAnswer, "the owner does not lose its name", "the file of its socket is gone");
  alice.does("accept");
  crowd.kill();
}

TEST_CASE("a file that is no socket is refused, and stays as it is" * rule("S2") * todo(1) * points(2)) {
  Room room;
  const auto text = room.random_text();
  room.write_file(kDesk, text);
  room.keeps(kDesk);
  auto alice = room.console("desk", "alice");
  alice.types(line("listen", kDesk)).must_fail("EADDRINUSE");
  alice.types(line("box", kDesk)).must_fail("EADDRINUSE");
  if (!room.exists(kDesk) || room.read_file(kDesk) != text)
    fails(cause::kWrongAnswer, "the file is there, as it was", "it is gone, or changed");
}

TEST_CASE("a directory, or a link to nowhere or to a dead socket, is refused, and stays" * rule("S2") *
          todo(1) * points(1)) {
  Room room;
  auto alice = room.console("desk", "alice");
  room.make_directory("directory");
  room.write_socket("dead");
  room.keeps("dead");
  room.start({"ln", "-s", "nowhere", "link"}).must_exit(0);
  room.start({"ln", "-s", "dead", "other link"}).must_exit(0);
  for (const char* name : {"directory", "link", "other link"}) {
    room.keeps(name);
    alice.types(line("listen", name)).must_fail("EADDRINUSE");
    alice.types(line("box", name)).must_fail("EADDRINUSE");
  }
  room.start({"test", "-d", "directory", "-a", "-L", "link", "-a", "-L", "other link"}).must_exit(0);
}

TEST_CASE("no socket is inherited by a program that is executed" * rule("S3") * todo(1) * points(1)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  alice.does(line("listen", kDesk));
  alice.does(line("box", kBox));
  bob.does(line("connect", kDesk));
  alice.does("accept");
  for (const Console& console : {alice, bob}) must_be_close_on_exec(console, "socket");
}

TEST_CASE("a name that is refused leaves no descriptor open" * rule("S3") * todo(1) * points(1)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  const std::size_t before = open_descriptors(bob);
  alice.does(line("listen", kDesk));
  for (int i = 0; i < 3; ++i) bob.types(line("listen", kDesk)).must_fail("EADDRINUSE");
  must_have_as_many(bob, before, "three names that were refused");
  for (int i = 0; i < 3; ++i) bob.types("listen nowhere/desk").must_fail("ENOENT");
  must_have_as_many(bob, before, "three names in a directory that is not there");
}

TEST_CASE("a socket that takes a dead one's place leaves no descriptor open" * rule("S3") * todo(1) *
          points(1)) {
  Room room;
  auto alice = room.console("desk", "alice");
  for (const char* command : {"listen", "box"}) {
    const std::string name = room.random_text();
    alice.does(line(command, "fresh-" + name));
    const std::size_t before = open_descriptors(alice);
    auto old = room.console("desk", fmt::format("old {}", command));
    old.does(line(command, name));
    old.kill();
    alice.does(line(command, name));
    must_have_as_many(alice, before, "a file that was left behind is replaced");
    alice.does("close");
  }
}
