// The checks of lab 06-tcp, part 4: clients who leave when they should not, and calls that do less than they
// were asked for.

#include <string>
#include <vector>

#include "service.hpp"

TEST_CASE("a client that resets in the middle of an answer harms nobody" * rule("S7") * todo(4) * points(3)) {
  Service here;
  here.set_long_value();
  here.connect("a");
  const std::size_t before = here.server.descriptors().size();
  for (const bool shut_first : {false, true}) {
    here.connect("rude");
    here.send("rude", here.get_long(8));
    if (shut_first) here.client.does("shut rude");
    here.must_sleep();
    here.client.does("reset rude");
    here.must_sleep();
    here.must_answer("a", "get none", "none");
  }
  here.room.settles();
  must_have_as_many(here.server, before, "two clients who have reset their connections");
  here.ends();
}

TEST_CASE("a client that has left before its requests were read harms nobody" * rule("S7") * todo(4) *
          points(2)) {
  Service here;
  here.connect("a");
  here.must_answer("a", "get none", "none");
  for (const char* leaves : {"close", "reset"}) {
    here.connect("rude");
    here.must_sleep();
    here.server.signal(SIGSTOP);  // so that it finds the requests only when who sent them has gone
    here.send("rude", fmt::format("get k\nset {} done\nget k\n", leaves));
    here.client.does(fmt::format("{} rude", leaves));
    here.room.settles();  // what was sent has arrived, the end, too
    here.server.signal(SIGCONT);
    here.must_sleep();
    here.must_answer("a", "get none", "none");
    // What was in the buffer of a connection that is reset may be lost.
    if (leaves == std::string("close")) here.must_answer("a", "get close", "value done");
  }
  here.ends();
}

TEST_CASE("clients that leave at the same moment take nobody with them" * rule("S7") * todo(2) * points(2)) {
  Service here;
  const std::string all = "abcdef";
  for (const std::string leaving : {"a", "f", "bc", "ace", "bcdef"}) {
    for (const char name : all) here.connect(std::string(1, name));
    here.must_sleep();
    here.server.signal(SIGSTOP);  // so that it finds it all at once
    for (const char name : all) {
      const std::string who(1, name);
      if (leaving.find(name) != std::string::npos) here.client.does("reset " + who);
      else here.send(who, "get none\n");
    }
    here.room.settles();  // what was sent has arrived, the resets, too
    here.server.signal(SIGCONT);
    for (const char name : all) {
      if (leaving.find(name) != std::string::npos) continue;
      here.receive(std::string(1, name)).must_return("none");
      here.must_answer(std::string(1, name), "get none", "none");  // it is still there
    }
  }
  here.ends();
}

TEST_CASE("a client that resets just before the server receives or sends harms nobody" * rule("S7") *
          todo(4) * points(2)) {
  for (const auto& [calls, shut_first] : {std::pair(kReceives, false), {kSends, false}, {kSends, true}}) {
    Service here(in_every(calls, {hold_before("send", 1)}));
    here.connect("rude");
    here.send("rude", "get none\n");
    if (shut_first) here.client.does("shut rude");
    here.room.settles();
    here.client.does("reset rude");
    here.room.settles();
    while (here.room.lets_all_go_on()) here.room.settles();
    here.connect("a");
    here.send("a", "get none\n");
    do here.room.settles();
    while (here.room.lets_all_go_on());
    here.receive("a").must_return("none");
    here.ends();
  }
}

TEST_CASE("a client that has left before it was accepted harms nobody" * rule("S7") * todo(2) * points(1)) {
  Service here;
  here.must_sleep();
  const std::size_t before = here.server.descriptors().size();
  here.server.signal(SIGSTOP);
  for (const char* leaves : {"reset", "close"}) {
    here.connect(leaves);
    here.send(leaves, "get none\n");
    here.client.does(fmt::format("{0} {0}", leaves));
  }
  here.server.signal(SIGCONT);
  here.must_sleep();
  must_have_as_many(here.server, before, "two clients who did not wait to be accepted");
  here.connect("a");
  here.must_answer("a", "get none", "none");
  here.ends();
}

TEST_CASE("short sends lose nothing" * rule("S8") * todo(4) * points(2)) {
  Service here(in_every(kSends, {short_count("send", 3)}));
  here.connect("a");
  const auto value = here.room.random_text(20);
  here.must_answer("a", "set k " + value, "ok");
  here.must_answer("a", "get k", "value " + value);
  here.ends();
}

TEST_CASE("interrupted calls are no failures" * rule("S8") * todo(4) * points(2)) {
  std::vector<Fault> faults = in_every(kReceives, {interrupt("recv", 1), interrupt("recv", 3)});
  for (const Fault& fault : in_every(kSends, {interrupt("send", 1), interrupt("send", 3)}))
    faults.push_back(fault);
  for (const int nth : {1, 3}) faults.push_back(interrupt("accept", nth));
  // What was found ready before is not ready once more: no other fault hides that.
  std::vector<Fault> odd, even;
  for (const char* call : {"poll", "select", "epoll_wait"})
    for (const int nth : {1, 3, 5}) {
      odd.push_back(interrupt(call, nth));
      even.push_back(interrupt(call, nth + 1));
    }
  for (const std::vector<Fault>& interrupted : {faults, odd, even}) {
    Service here(interrupted);
    for (int round = 0; round < 3; ++round) {
      here.connect("a");
      const auto value = here.room.random_text();
      here.must_answer("a", "set k " + value, "ok");
      here.must_answer("a", "get k", "value " + value);
    }
    here.ends();
  }
}
