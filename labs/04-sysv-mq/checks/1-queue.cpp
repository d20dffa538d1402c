// The checks of lab 04-sysv-mq, part 1: the key and the queue.

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "desk.hpp"

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
    alice.does("close");
    auto closed = bob.types("close");
    room.settles();
    if (bob.is_held()) bob.goes_on();
    closed.must_return();
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

TEST_CASE("open does not fail, however often others make and remove the queue meanwhile" * rule("S1") *
          todo(1) * points(1)) {
  constexpr int kTimes = 12;
  for (const bool there_is_one : {false, true}) {
    Room room;
    make_path(room);
    auto alice = desk(room, "alice"), bob = desk(room, "bob", {hold_before("msgget", 0)});
    bool made = there_is_one;
    if (made) alice.does(kOpen);
    auto bobs = bob.types(kOpen);
    // Before each look there is a queue when there was none at the last one, and none when there was one.
    for (int i = 0;; ++i) {
      room.settles();
      if (!bob.is_held()) break;
      if (i < kTimes) alice.does(std::exchange(made, !made) ? "close" : kOpen);
      bob.goes_on();
    }
    bobs.must_return(made ? "found" : "made");
    if (made) alice.does("close");
    auto closed = bob.types("close");
    room.settles();
    if (bob.is_held()) bob.goes_on();
    closed.must_return();
  }
}

TEST_CASE("an open that the kernel refuses says why, and is not made again" * rule("S1") * todo(1) *
          points(1)) {
  constexpr int kMost = 20;
  // Every call, every call that may make the queue, or every one that may find it: whichever comes first.
  for (const auto& [first, step] : {std::pair(1, 1), std::pair(1, 2), std::pair(2, 2)})
    for (const bool there_is_one : {false, true}) {
      Room room;
      make_path(room);
      auto bob = desk(room, "bob");
      if (there_is_one) bob.does(kOpen);
      std::vector<Fault> faults{count_calls()};
      for (int nth = first; nth <= kMost; nth += step) faults.push_back(fail("msgget", ENOSPC, nth));
      auto alice = desk(room, "alice", faults);
      auto alices = alice.types(kOpen);
      room.settles();
      if (const auto calls = alice.calls_made().calls("msgget"); calls >= kMost)
        fails(cause::kWrongAnswer, "a msgget that fails with ENOSPC is not made again",
              fmt::format("it is made again and again, {} times or more", kMost));
      if (first == 1) alices.must_fail("ENOSPC");
      else if (alices.has_returned() && alice.calls_made().calls("msgget") > 1) alices.must_fail("ENOSPC");
      alice.does("close");
      if (there_is_one) bob.does("close");
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
  make_path(room);
  auto alice = desk(room, "alice"), bob = desk(room, "bob");
  const auto text = room.random_text();
  alice.does(kOpen);
  alice.does(send_line(5, text));
  alice.kill();
  bob.types(kOpen).must_return("found");
  bob.types("try_receive 0").must_return(message(5, text));
  room.start({"ipcrm", "-Q", key_of(room, kPath)}).must_exit(0);
}
