// The checks of lab 04-sysv-mq. Two or three consoles share a queue; ipcs says what the kernel has of it,
// ipcmk and ipcrm make and remove queues behind the consoles' backs.

#include "check/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.hpp"

using namespace ipclab;
using namespace ipclab::check;

namespace {

constexpr char kPath[] = "desk.key", kOpen[] = "open desk.key";
constexpr int kLongest = 8192;  // kernel.msgmax

void make_path(Room& room, const std::string& path = kPath) {
  room.write_file(path, "");
  room.keeps(path);
}

Console desk(Room& room, const std::string& name, std::vector<Fault> faults = {}) {
  return room.console("desk", name, std::move(faults));
}

/// Two consoles with the same queue open. Alice has made it, so with her it goes.
struct Pair {
  explicit Pair(Room& room) : alice(desk(room, "alice")), bob(desk(room, "bob")) {
    make_path(room);
    alice.does(kOpen);
    bob.does(kOpen);
  }
  void close() const {
    bob.does("close");
    alice.does("close");
  }
  Console alice, bob;
};

std::string send_line(long type, const std::string& text) {
  return fmt::format("send {} {}", type, word(text));
}

/// Fills the queue to the last byte with messages of type 1; the text of the first.
std::string fill(Room& room, const Console& console) {
  std::string first;
  int rest = std::atoi(room.start({"cat", "/proc/sys/kernel/msgmnb"}, "cat of the limit").output().c_str());
  for (; rest > 0; rest -= kLongest) {
    const auto text = room.random_text(static_cast<std::size_t>(std::min(rest, kLongest)));
    console.does("try_" + send_line(1, text));
    if (first.empty()) first = text;
  }
  return first;
}

std::string message(long type, const std::string& text) { return fmt::format("{} {}", type, text); }

/// A line of `ipcs -q`.
struct Listed {
  std::string key, id, owner, mode, bytes, messages;
};

std::vector<Listed> listed(Room& room, const std::string& when) {
  room.requires_tool("ipcs");
  std::istringstream lines(room.start({"ipcs", "-q"}, "ipcs " + when).output());
  std::vector<Listed> queues;
  for (std::string line; std::getline(lines, line);) {
    Listed one;
    std::istringstream columns(line);
    if (line.starts_with("0x") &&
        columns >> one.key >> one.id >> one.owner >> one.mode >> one.bytes >> one.messages)
      queues.push_back(one);
  }
  return queues;
}

/// ftok(3), as glibc and musl make it of what stat(1) says.
std::string key_of(Room& room, const std::string& path) {
  room.requires_tool("stat");
  std::istringstream numbers(room.start({"stat", "-c", "%d %i", path}, "stat of " + path).output());
  unsigned long device = 0, inode = 0;
  numbers >> device >> inode;
  return fmt::format("0x{:08x}", ('q' << 24) | ((device & 0xff) << 16) | (inode & 0xffff));
}

Listed must_be_listed(Room& room, const std::string& key, const std::string& when) {
  for (const Listed& queue : listed(room, when))
    if (queue.key == key) return queue;
  fails(cause::kMechanismNotUsed,
        fmt::format("ipcs -q shows a queue with the key of ftok(\"{}\", 'q')", kPath),
        "it shows none with this key");
}

void must_not_be_listed(Room& room, const std::string& key, const std::string& when) {
  for (const Listed& queue : listed(room, when))
    if (queue.key == key)
      fails(
          cause::kLeftBehind, fmt::format("ipcs -q shows no queue {}", when), "the queue is still there",
          "A System V queue stays until somebody removes it (IPC_RMID), also when nobody uses it any more.");
}

/// The text of a question as the desk shows it: "4 where is the key" → "4", "where is the key".
std::pair<std::string, std::string> parted(const std::string& question) {
  const auto space = question.find(' ');
  return {question.substr(0, space), space == std::string::npos ? "" : question.substr(space + 1)};
}

}  // namespace

// The key and the queue.

TEST_CASE("open makes a queue with the key of ftok, for its owner only" * rule("S1") * todo(1) * points(2)) {
  Room room;
  make_path(room);
  auto alice = desk(room, "alice");
  alice.types(kOpen).must_return("made");
  const Listed queue = must_be_listed(room, key_of(room, kPath), "after open");
  if (queue.mode != "600")
    fails(cause::kWrongOutput, "the queue's mode is 600: its owner may read and write it, and nobody else",
          "its mode is " + queue.mode);
  alice.does("close");
}

TEST_CASE("everybody who names the same file finds the same queue" * rule("S1") * todo(1) * points(1)) {
  Room room;
  make_path(room);
  make_path(room, "other.key");
  auto alice = desk(room, "alice"), bob = desk(room, "bob"), carol = desk(room, "carol");
  alice.types(kOpen).must_return("made");
  bob.types(fmt::format("open ./{}", kPath)).must_return("found");
  carol.types("open other.key").must_return("made");
  for (const Console& console : {carol, bob, alice}) console.does("close");
}

TEST_CASE("open needs a file to make the key of" * rule("S1") * todo(1) * points(1)) {
  Room room;
  make_path(room);
  auto alice = desk(room, "alice");
  alice.types("open no-such-file").must_fail("ENOENT");
  alice.types(kOpen).must_return("made");
  alice.does("close");
}

TEST_CASE("of two who open at the same moment one makes the queue, and the other finds it" * rule("S1") *
          todo(1) * points(2)) {
  for (const int nth : {1, 2}) {
    Room room;
    make_path(room);
    auto bob = desk(room, "bob", {hold_before("msgget", nth)}), alice = desk(room, "alice");
    auto bobs = bob.types(kOpen);
    room.settles();
    const std::string alices = alice.asks(kOpen);
    if (bob.is_held()) bob.goes_on();
    const std::string wanted = alices == "made" ? "found" : "made";
    if (const std::string got = bobs.value(); got != wanted)
      fails(
          cause::kWrongAnswer, fmt::format("alice's open says \"{}\", so bob's says \"{}\"", alices, wanted),
          fmt::format("bob's says \"{}\" too", got),
          "Between a look whether there is a queue and the call that makes one, somebody else may make it.");
    for (const Console& console : {alice, bob}) console.does("close");
  }
}

TEST_CASE("open does not fail because the queue is removed at the same moment" * rule("S1") * todo(1) *
          points(1)) {
  for (const int nth : {1, 2}) {
    Room room;
    make_path(room);
    auto alice = desk(room, "alice"), bob = desk(room, "bob", {hold_before("msgget", nth)});
    alice.types(kOpen).must_return("made");
    auto bobs = bob.types(kOpen);
    room.settles();
    const bool found = bobs.has_returned();
    alice.does("close");
    if (bob.is_held()) bob.goes_on();
    bobs.must_return(found ? "found" : "made");
    bob.does("close");
  }
}

TEST_CASE("who has made the queue removes it, and nobody else does" * rule("S2") * todo(1) * points(2)) {
  Room room;
  const Pair pair(room);
  const std::string key = key_of(room, kPath);
  pair.bob.does("close");
  must_be_listed(room, key, "when bob has closed it");
  pair.bob.does(kOpen);
  pair.alice.does("close");
  must_not_be_listed(room, key, "when alice, who has made it, has closed it");
  pair.bob.does("close");
}

TEST_CASE("close removes no queue but its own" * rule("S2") * todo(1) * points(1)) {
  Room room;
  for (const char* tool : {"ipcmk", "ipcrm"}) room.requires_tool(tool);
  const std::string made = room.start({"ipcmk", "-Q"}).output();  // "Message queue id: 0"
  const std::string strange =
      made.substr(made.find_last_of(' ') + 1, made.find_last_not_of('\n') - made.find_last_of(' '));
  const Pair pair(room);
  const std::string key = key_of(room, kPath);
  // Alice's queue goes without her knowing, and bob makes a new one with the same key.
  room.start({"ipcrm", "-Q", key}).must_exit(0);
  pair.bob.does(kOpen);
  pair.alice.does("close");
  must_be_listed(room, key, "when alice has closed what she had made");
  pair.bob.does("close");
  const auto rest = listed(room, "at the end");
  if (std::ranges::find(rest, strange, &Listed::id) == rest.end())
    fails(cause::kWrongAnswer, "a queue that ipcmk has made is still there", "it is gone");
  room.start({"ipcrm", "-q", strange}, "ipcrm of the other").must_exit(0);
}

TEST_CASE("the queue and its messages outlive a process that is killed" * rule("S2") * todo(3) * points(1)) {
  Room room;
  room.requires_tool("ipcrm");
  const Pair pair(room);
  const auto text = room.random_text();
  pair.alice.does(send_line(5, text));
  pair.alice.kill();
  pair.bob.types("receive 0").must_return(message(5, text));
  room.start({"ipcrm", "-Q", key_of(room, kPath)}).must_exit(0);
}

// Messages.

TEST_CASE("the kernel counts each message once, and the bytes of its text only" * rule("S3") * todo(2) *
          points(2)) {
  Room room;
  const Pair pair(room);
  const int sizes[] = {room.random(1, 2000), room.random(1, 2000), 0};
  for (const int size : sizes)
    pair.alice.does(send_line(3, room.random_text(static_cast<std::size_t>(size))));
  const Listed queue = must_be_listed(room, key_of(room, kPath), "after three messages");
  const std::string wanted = std::to_string(sizes[0] + sizes[1]);
  if (queue.messages != "3" || queue.bytes != wanted)
    fails(cause::kWrongOutput, fmt::format("ipcs -q shows 3 messages of together {} bytes", wanted),
          fmt::format("it shows {} of {} bytes", queue.messages, queue.bytes));
  pair.close();
}

TEST_CASE("a message arrives whole, whatever bytes it has, also none" * rule("S3") * todo(3) * points(3)) {
  Room room;
  const Pair pair(room);
  for (const int size : {0, 1, 100, 4096, kLongest}) {
    const auto bytes = room.random_bytes(static_cast<std::size_t>(size));
    const long type = room.random(1, 1 << 30);
    pair.alice.does(send_line(type, bytes));
    pair.bob.types("receive 0").must_return(message(type, bytes));
  }
  const std::string zeros("a\0b\0\0", 5);
  pair.alice.does(send_line(1, zeros));
  pair.bob.types("receive 0").must_return(message(1, zeros));
  pair.close();
}

TEST_CASE("what cannot be sent is refused, and the desk goes on" * rule("S3") * todo(2) * points(1)) {
  Room room;
  const Pair pair(room);
  pair.alice.types(send_line(0, "x")).must_fail("EINVAL");
  pair.alice.types(send_line(-3, "x")).must_fail("EINVAL");
  pair.alice.types(send_line(1, room.random_text(kLongest + 1))).must_fail("EINVAL");
  pair.alice.does(send_line(1, "y"));
  const Listed queue = must_be_listed(room, key_of(room, kPath), "after all");
  if (queue.messages != "1")
    fails(cause::kWrongOutput, "one message is in the queue", fmt::format("there are {}", queue.messages));
  pair.close();
}

TEST_CASE("selector 0 takes the oldest, a type the oldest of it, below 0 the lowest type first" * rule("S4") *
          todo(3) * points(3)) {
  Room room;
  const Pair pair(room);
  struct Sent {
    long type;
    std::string text;
  };
  std::vector<Sent> queue;
  for (int i = 0; i < 24; ++i) {
    queue.push_back({room.random(1, 4), room.random_text()});
    pair.alice.does(send_line(queue.back().type, queue.back().text));
  }
  const auto take = [&](long selector, auto wanted) {
    pair.bob.types(fmt::format("try_receive {}", selector))
        .must_return(wanted == queue.end() ? "" : message(wanted->type, wanted->text));
    queue.erase(wanted);
  };
  for (int i = 0; i < 6; ++i) take(0, queue.begin());
  for (int i = 0; i < 6; ++i) {
    const long type =
        queue[static_cast<std::size_t>(room.random(0, static_cast<int>(queue.size()) - 1))].type;
    take(type, std::ranges::find(queue, type, &Sent::type));
  }
  while (!queue.empty()) {
    // One that is there, or lower than it: a negative selector is a limit.
    const long limit = std::ranges::min_element(queue, {}, &Sent::type)->type + room.random(0, 2);
    take(-limit, std::ranges::min_element(queue, {}, &Sent::type));
  }
  pair.close();
}

TEST_CASE("a text that is longer than asked for stays in the queue, or is cut" * rule("S5") * todo(3) *
          points(2)) {
  Room room;
  const Pair pair(room);
  const int size = room.random(20, 1000);
  const auto text = room.random_text(static_cast<std::size_t>(size)), next = room.random_text();
  pair.alice.does(send_line(2, text));
  pair.alice.does(send_line(2, next));
  pair.bob.types(fmt::format("receive_most {} 2", size - 1)).must_fail("E2BIG");
  pair.bob.types(fmt::format("receive_most {} 2", size)).must_return(message(2, text));
  pair.alice.does(send_line(7, text));
  pair.bob.types(fmt::format("receive_cut {} 7", size / 2))
      .must_return(message(7, text.substr(0, static_cast<std::size_t>(size / 2))));
  pair.bob.types("try_receive 7").must_fail("ENOMSG");  // the rest is lost
  pair.bob.types("receive_cut 1000 0").must_return(message(2, next));
  pair.close();
}

// Waiting.

TEST_CASE("receive sleeps until a message of the type comes that it asks for" * rule("S6") * todo(3) *
          points(3)) {
  Room room;
  const Pair pair(room);
  const auto other = room.random_text(), text = room.random_text();
  pair.alice.does(send_line(4, other));  // is there all the time
  for (const int selector : {6, -3}) {
    auto got = pair.bob.types(fmt::format("receive {}", selector));
    got.must_block_in("msgrcv", on("sysv_queue"));
    pair.alice.does(send_line(5, other));
    room.settles();
    got.must_block_in("msgrcv", on("sysv_queue"));
    const long type = selector > 0 ? selector : 2;
    pair.alice.does(send_line(type, text));
    got.must_return(message(type, text));
  }
  for (const long type : {4, 5, 5}) pair.bob.types("receive 0").must_return(message(type, other));
  auto any = pair.bob.types("receive 0");
  any.must_block_in("msgrcv", on("sysv_queue"));
  pair.alice.does(send_line(9, text));
  any.must_return(message(9, text));
  pair.close();
}

TEST_CASE("one message wakes one of two receivers, and the other sleeps on" * rule("S6") * todo(3) *
          points(2) * needs("receive sleeps until a message of the type comes that it asks for")) {
  Room room;
  const Pair pair(room);
  auto carol = desk(room, "carol");
  carol.does(kOpen);
  auto bobs = pair.bob.types("receive 3"), carols = carol.types("receive -3");
  for (const Reply& reply : {bobs, carols}) reply.must_block(on("sysv_queue"));
  const auto first = room.random_text(), second = room.random_text();
  pair.alice.does(send_line(3, first));
  room.settles();
  const bool bob_has_it = bobs.has_returned();
  auto &woken = bob_has_it ? bobs : carols, &asleep = bob_has_it ? carols : bobs;
  woken.must_return(message(3, first));
  asleep.must_block(on("sysv_queue"));
  pair.alice.does(send_line(3, second));
  asleep.must_return(message(3, second));
  carol.does("close");
  pair.close();
}

TEST_CASE("send sleeps while the queue is full" * rule("S6") * todo(2) * points(2)) {
  Room room;
  const Pair pair(room);
  const auto first = fill(room, pair.alice), text = room.random_text();
  auto sent = pair.alice.types(send_line(2, text));
  sent.must_block_in("msgsnd", on("sysv_queue"));
  pair.bob.types("receive 1").must_return(message(1, first));
  sent.must_return();
  pair.bob.types("receive 2").must_return(message(2, text));
  pair.close();
}

TEST_CASE("the try forms return at once and say what is missing" * rule("S6") * todo(3) * points(2)) {
  Room room;
  const Pair pair(room);
  pair.bob.types("try_receive 0").must_fail("ENOMSG");
  const auto text = room.random_text();
  pair.alice.does("try_send 4 " + text);
  pair.bob.types("try_receive 3").must_fail("ENOMSG");
  pair.bob.types("try_receive -3").must_fail("ENOMSG");
  pair.bob.types("try_receive -4").must_return(message(4, text));
  const auto first = fill(room, pair.alice);
  pair.alice.types("try_send 1 x").must_fail("EAGAIN");
  pair.bob.types("try_receive 0").must_return(message(1, first));
  pair.close();
}

// Questions and answers.

TEST_CASE("ask sleeps until the answer is there, and takes no question for it" * rule("S7") * todo(4) *
          points(2)) {
  Room room;
  const Pair pair(room);
  auto carol = desk(room, "carol");
  carol.does(kOpen);
  const auto question = room.random_text(), answer = room.random_text(), late = room.random_text();
  auto bobs = pair.bob.types("ask " + question);
  bobs.must_block_in("msgrcv", on("sysv_queue"));
  auto carols = carol.types("ask " + late);
  carols.must_block_in("msgrcv", on("sysv_queue"));
  const auto [asker, text] = parted(pair.alice.asks("take"));
  if (text != question)
    fails(cause::kWrongAnswer, "take gives the oldest question, " + ipclab::quoted(question),
          "it gives " + ipclab::quoted(text));
  bobs.must_block_in("msgrcv", on("sysv_queue"));
  pair.alice.does(fmt::format("answer {} {}", asker, answer));
  bobs.must_return(answer);
  const auto [other, other_text] = parted(pair.alice.asks("take"));
  pair.alice.does(fmt::format("answer {} {}", other, word("")));
  carols.must_return("");
  carol.does("close");
  pair.close();
}

TEST_CASE("an answer reaches the one who asked, in whatever order they are given" * rule("S7") * todo(4) *
          points(3)) {
  Room room;
  const Pair pair(room);
  auto carol = desk(room, "carol"), dave = desk(room, "dave");
  std::vector<Reply> replies;
  for (const Console& console : {pair.bob, carol, dave}) {
    if (console.pid() != pair.bob.pid()) console.does(kOpen);
    replies.push_back(console.types("ask \"who am I\""));
    replies.back().must_block_in("msgrcv", on("sysv_queue"));
  }
  std::vector<std::string> askers, answers;
  for (int i = 0; i < 3; ++i) {
    askers.push_back(parted(pair.alice.asks("take")).first);
    answers.push_back(room.random_bytes(40));
  }
  // The last who asked first: who takes any answer gets one that is not its own.
  for (std::size_t i = 3; i-- > 0;) {
    pair.alice.does(fmt::format("answer {} {}", askers[i], word(answers[i])));
    room.settles();
    for (std::size_t other = 0; other < i; ++other)
      if (replies[other].has_returned())
        fails(cause::kWrongAnswer, "an answer reaches only the one who asked",
              fmt::format("{} returns with the answer to another one", replies[other].typed()));
    replies[i].must_return(answers[i]);
  }
  for (const Console& console : {carol, dave}) console.does("close");
  pair.close();
}

// The end of the queue.

TEST_CASE("who sleeps in a queue that is removed wakes with EIDRM" * rule("S8") * todo(3) * points(2)) {
  Room room;
  const Pair pair(room);
  auto received = pair.bob.types("receive 0");
  received.must_block_in("msgrcv", on("sysv_queue"));
  pair.alice.does("close");
  received.must_fail("EIDRM");
  pair.bob.types("receive 0").must_fail("EINVAL");
  pair.bob.types("send 1 x").must_fail("EINVAL");
  pair.bob.does(kOpen);
  pair.bob.does("close");
}

TEST_CASE("a sender and an asker are woken when ipcrm removes the queue" * rule("S8") * todo(2) * points(2)) {
  Room room;
  room.requires_tool("ipcrm");
  const Pair pair(room);
  auto carol = desk(room, "carol");
  carol.does(kOpen);
  auto asked = carol.types("ask x");
  asked.must_block_in("msgrcv", on("sysv_queue"));
  pair.alice.does("take");
  fill(room, pair.alice);
  auto sent = pair.bob.types("send 1 x");
  sent.must_block_in("msgsnd", on("sysv_queue"));
  room.start({"ipcrm", "-Q", key_of(room, kPath)}).must_exit(0);
  sent.must_fail("EIDRM");
  asked.must_fail("EIDRM");
  pair.alice.does("close");  // it is gone already: no failure
  pair.alice.does(kOpen);
  pair.alice.does("close");
}

TEST_CASE("an interrupted send and an interrupted receive go on" * rule("S9") * todo(3) * points(2)) {
  Room room;
  make_path(room);
  const std::vector<Fault> interrupted{interrupt("msgsnd", 1), interrupt("msgsnd", 3), interrupt("msgrcv", 1),
                                       interrupt("msgrcv", 3)};
  auto alice = desk(room, "alice", interrupted), bob = desk(room, "bob", interrupted);
  alice.does(kOpen);
  bob.does(kOpen);
  for (int round = 1; round <= 3; ++round) {
    const auto text = room.random_text();
    alice.does(send_line(round, text));
    bob.types("receive 0").must_return(message(round, text));
  }
  auto asked = bob.types("ask why");
  const auto [asker, question] = parted(alice.asks("take"));
  alice.does(fmt::format("answer {} because", asker));
  asked.must_return("because");
  bob.does("close");
  alice.does("close");
}
