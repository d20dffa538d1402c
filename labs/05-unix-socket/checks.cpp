// The checks of lab 05-unix-socket. Consoles talk to each other over streams and post each other parcels;
// what one of them waits for, another one does. Abstract names are drawn by lot: without namespaces they are
// the machine's.

#include "check/check.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace ipclab;
using namespace ipclab::check;

namespace {

constexpr char kDesk[] = "desk";
constexpr char kBox[] = "box";

std::string line(std::string_view command, std::string_view argument) {
  return fmt::format("{} {}", command, word(argument));
}

std::string abstract_name(Room& room) { return "@" + room.random_text(); }

/// Only what happens on sockets: the console reads typed lines, too.
Fault on_sockets(Fault fault) {
  fault.on = Fault::On::socket;
  return fault;
}

/// The same for every call that a program may use on a socket.
std::vector<Fault> in_every(const std::vector<std::string>& calls, const std::vector<Fault>& faults) {
  std::vector<Fault> all;
  for (Fault fault : faults)
    for (const std::string& call : calls) fault.call = call, all.push_back(on_sockets(fault));
  return all;
}

const std::vector<std::string> kSends = {"send", "write", "sendmsg", "writev"};
const std::vector<std::string> kReceives = {"recv", "read", "recvmsg", "readv"};

/// Bob has connected to alice, and she has accepted.
struct Pair {
  explicit Pair(Room& room, const std::vector<Fault>& faults = {})
      : alice(room.console("desk", "alice", faults)), bob(room.console("desk", "bob", faults)) {
    alice.does(line("listen", kDesk));
    bob.does(line("connect", kDesk));
    alice.does("accept");
  }
  Console alice, bob;
};

std::size_t open_descriptors(const Console& console) { return console.descriptors().size(); }

void must_have_as_many(const Console& console, std::size_t before, const std::string& after_what) {
  const std::size_t after = open_descriptors(console);
  if (after <= before) return;
  fails(cause::kDescriptorLeak, fmt::format("{} has as many descriptors open as before", console.name()),
        fmt::format("after {} there are {} more", after_what, after - before),
        "A descriptor that nobody closes stays open until the process ends; so does what it stands for.");
}

void must_be_close_on_exec(const Console& console, const std::string& what) {
  for (const Descriptor& descriptor : console.descriptors())
    if (descriptor.fd > 2 && !descriptor.close_on_exec)
      fails(cause::kDescriptorLeak,
            fmt::format("a program that {} executes inherits no {}", console.name(), what),
            fmt::format("descriptor {} is not marked close-on-exec", descriptor.fd),
            "exec keeps every descriptor that is not marked. To mark it later leaves a moment in which "
            "another thread "
            "may fork.");
}

/// Alice takes connections until it is this client's: who looks whether she is there may be a client for a
/// moment.
void must_accept(const Console& alice, const Console& client) {
  const std::string wanted = client.asks("whoami");
  for (int others = 0; others < 4; ++others)
    if (alice.asks("accept") == wanted) return;
  fails(cause::kWrongAnswer, "accept finds " + client.name() + ", who has connected", "it finds only others");
}

}  // namespace

// Names.

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
}

// Streams.

TEST_CASE("receive sleeps until a line has come" * rule("S5") * todo(3) * points(2)) {
  Room room;
  Pair pair(room);
  for (int round = 0; round < 2; ++round) {
    auto got = pair.bob.types("receive");
    got.must_block(on("unix_socket"));
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
  for (const std::size_t size : {0, 1, 100, 4096}) {
    auto bytes = room.random_bytes(size);
    std::ranges::replace(bytes, '\n', '\0');
    pair.alice.does(line("send", bytes));
    pair.bob.types("receive").must_return(bytes);
  }
  const std::string zeros("a\0b\0\0", 5);
  pair.alice.does(line("send", zeros));
  pair.bob.types("receive").must_return(zeros);
}

TEST_CASE("a send that the other side has no room for sleeps until it receives" * rule("S4") * todo(2) *
          points(3)) {
  Room room;
  Pair pair(room);
  for (const std::size_t size : {65537, 1 << 20}) {
    const auto text = room.random_text(size);
    room.write_file("long", text);
    auto sent = pair.alice.types("send_file long");
    if (size == 1 << 20) sent.must_block(on("unix_socket"));
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

// The desk.

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
  auto served = alice.types("serve 2");
  for (const Console& client : {rude, bob}) client.does(line("connect", kDesk));
  room.settles();
  alice.signal(SIGSTOP);  // so that it finds the lines only when who sent them has gone
  rude.does(line("send_raw", "one\ntwo\nthree\n"));
  rude.does("hang_up");
  alice.signal(SIGCONT);
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

// Parcels.

TEST_CASE("a datagram is one parcel, never a part and never two" * rule("S8") * todo(4) * points(2)) {
  Room room;
  auto alice = room.console("desk", "alice"), bob = room.console("desk", "bob");
  for (const std::string& name : {std::string(kBox), abstract_name(room)}) {
    alice.does(line("box", name));
    std::vector<std::string> texts;
    for (const std::size_t size : {3, 0, 1, 4096}) texts.push_back(room.random_bytes(size));
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
  bob.does(fmt::format("post {} {} letter", kBox, text));
  bob.does(fmt::format("post {} {}", kBox, text));
  room.start({"rm", "-f", "letter"}).must_exit(0);
  bob.quits();
  alice.types("collect").must_return("file " + text);
  alice.types("read").must_return(content);
  must_be_close_on_exec(alice, "file that it was sent");
  alice.types("collect").must_return("text " + text);
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
  bob.does(fmt::format("post {} {} letter", kBox, room.random_text(4097)));
  alice.types("collect").must_fail("EMSGSIZE");
  must_have_as_many(alice, before, "a parcel that is too long");
  bob.does(fmt::format("post {} x letter", kBox));
  alice.types("collect").must_return("file x");
  alice.does("drop");
  must_have_as_many(alice, before, "a file that was closed");
}

// When a call does less than it was asked for.

TEST_CASE("short sends and short receives lose nothing" * rule("S4") * todo(2) * points(2)) {
  Room room;
  std::vector<Fault> faults = in_every(kSends, {short_count("send", 3)});
  for (const Fault& fault : in_every(kReceives, {short_count("recv", 2)})) faults.push_back(fault);
  Pair pair(room, faults);
  for (int round = 0; round < 2; ++round) {
    const auto text = room.random_text(20);
    pair.alice.does(line("send", text));
    pair.bob.types("receive").must_return(text);
  }
}

TEST_CASE("an interrupted send goes on" * rule("S10") * todo(2) * points(1)) {
  Room room;
  Pair pair(room, in_every(kSends, {interrupt("send", 1), interrupt("send", 3)}));
  for (int round = 0; round < 3; ++round) {
    const auto text = room.random_text();
    pair.alice.does(line("send", text));
    pair.bob.types("receive").must_return(text);
  }
}

TEST_CASE("an interrupted receive goes on" * rule("S10") * todo(3) * points(1)) {
  Room room;
  Pair pair(room, in_every(kReceives, {interrupt("recv", 1), interrupt("recv", 3)}));
  for (int round = 0; round < 3; ++round) {
    const auto text = room.random_text();
    pair.alice.does(line("send", text));
    pair.bob.types("receive").must_return(text);
  }
}

TEST_CASE("an interrupted collect goes on" * rule("S10") * todo(4) * points(1)) {
  Room room;
  auto alice =
           room.console("desk", "alice", in_every(kReceives, {interrupt("recv", 1), interrupt("recv", 3)})),
       bob = room.console("desk", "bob");
  alice.does(line("box", kBox));
  for (int round = 0; round < 3; ++round) {
    const auto text = room.random_text();
    bob.does(fmt::format("post {} {}", kBox, text));
    alice.types("collect").must_return("text " + text);
  }
}
