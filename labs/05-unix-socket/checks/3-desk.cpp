// The checks of lab 05-unix-socket, part 3: the desk.

#include <algorithm>
#include <string>
#include <vector>

#include "desk.hpp"

TEST_CASE("a client who has sent half a line stops nobody" * rule("S7") * todo(3) * points(3)) {
  Room room;
  auto alice = room.console("desk", "alice"), silent = room.console("desk", "silent"),
       bob = room.console("desk", "bob");
  alice.does(line("listen", kDesk));
  auto served = alice.types("serve 2");
  silent.does(line("connect", kDesk));
  silent.does("send_raw desserts,");
  room.settles();  // the desk has taken it, and waits
  bob.does(line("connect", kDesk));
  for (const auto& [question, answer] : {std::pair("desserts", "stressed"), {"drawer", "reward"}}) {
    bob.does(line("send", question));
    bob.types("receive").must_return(answer);
  }
  served.must_block(on("unix_socket"));
  silent.does(line("send_raw", "part\n"));
  silent.types("receive").must_return("trap,stressed");
  silent.does("hang_up");
  bob.does("hang_up");
  served.must_return("3");
}

TEST_CASE("the desk knows who asks" * rule("S7") * todo(2) * points(1)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob"),
       carol = room.console("desk", "carol");
  alice.does(line("listen", kDesk));
  auto served = alice.types("serve 2");
  for (const Console& client : {bob, carol}) client.does(line("connect", kDesk));
  for (const Console& client : {carol, bob}) {
    client.does("send who");
    client.types("receive").must_return(client.asks("whoami"));
  }
  for (const Console& client : {bob, carol}) client.does("hang_up");
  served.must_return("2");
}

TEST_CASE("a client who does not wait for its answers harms nobody" * rule("S7") * todo(2) * points(2)) {
  Room room;
  auto alice = room.console("desk", "alice"), rude = room.console("desk", "rude"),
       bob = room.console("desk", "bob");
  alice.does(line("listen", kDesk));
  auto served = alice.types("serve 3");
  for (const Console& client : {rude, bob}) client.does(line("connect", kDesk));
  room.settles();
  alice.signal(SIGSTOP);  // so that it finds the lines only when who sent them has gone
  rude.does(line("send_raw", "one\ntwo\nthree\n"));
  rude.does("hang_up");
  alice.signal(SIGCONT);
  served.must_wait();
  rude.does(line("connect", kDesk));
  rude.does("send one");
  room.settles();  // the answer has come, and is not read
  rude.does("hang_up");
  served.must_wait();
  bob.does("send drawer");
  bob.types("receive").must_return("reward");
  bob.does("hang_up");
  served.must_return();
}

TEST_CASE("the desk has nothing left of clients who have gone" * rule("S3") * todo(3) * points(1)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  alice.does(line("listen", kDesk));
  const std::size_t before = open_descriptors(alice);
  auto served = alice.types("serve 5");
  for (int i = 0; i < 5; ++i) {
    bob.does(line("connect", kDesk));
    bob.does("send drawer");
    bob.types("receive").must_return("reward");
  }
  bob.does("hang_up");
  served.must_return("5");
  must_have_as_many(alice, before, "five clients who have gone");
}

TEST_CASE("socat is a client as any other, under both kinds of name" * rule("S7") * todo(3) * points(2)) {
  Room room;
  room.requires_tool("socat");
  const std::string abstract = abstract_name(room);
  auto alice = room.console("desk", "alice");
  for (const auto& [name, address] : {std::pair(std::string(kDesk), fmt::format("UNIX-CONNECT:{}", kDesk)),
                                      std::pair(abstract, "ABSTRACT-CONNECT:" + abstract.substr(1))}) {
    alice.does(line("listen", name));
    auto served = alice.types("serve 1");
    auto socat =
        room.start({"socat", "-", address}, "socat to " + std::string(name == abstract ? "abstract" : name));
    socat.types("stop\nstats\nlive");
    socat.must_print("pots\nstats\n");
    socat.types("d\n");
    socat.must_print("devil\n");
    socat.input_ends();
    socat.must_exit(0);
    served.must_return("3");
  }
}

TEST_CASE("who has sent much and left is heard to the end" * rule("S6") * todo(3) * points(2)) {
  constexpr int kLines = 30;  // no more than the kernel keeps for a connection
  Room room;
  room.requires_tool("socat");
  std::vector<std::string> texts;
  std::string all;
  for (int i = 0; i < kLines; ++i) all += texts.emplace_back(room.random_text(3000)) + "\n";
  room.write_file("long", all);
  room.keeps("long");
  auto alice = room.console("desk", "alice");
  alice.does(line("listen", kDesk));
  auto socat =
      room.start({"socat", "-u", "-b", "100000", "OPEN:long", fmt::format("UNIX-CONNECT:{}", kDesk)});
  room.settles();  // all has been sent, in one call
  alice.does("accept");
  socat.kill();
  for (const std::string& text : texts) alice.types("receive").must_return(text);
  alice.types("receive").must_fail("the other side has closed");
}

TEST_CASE("socat is a server as any other" * rule("S4") * todo(2) * points(1)) {
  Room room;
  room.requires_tool("socat");
  auto socat = room.start({"socat", "-u", fmt::format("UNIX-LISTEN:{}", kDesk), "-"});
  socat.must_block(on(fmt::format("socket {}", kDesk)));
  auto bob = room.console("desk", "bob");
  bob.does(line("connect", kDesk));
  const auto text = room.random_text();
  bob.does(line("send", text));
  bob.does(line("send_raw", text));
  bob.does("hang_up");
  socat.must_have_printed(text + "\n" + text);
  socat.must_exit(0);
}
