// The words of check/network.hpp on programs that speak as they should, and on twins that do not.

#include "check/network.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "check/outcome.hpp"

using namespace ipclab;
using namespace ipclab::check;
using std::chrono::milliseconds;

namespace {

CheckResult result_of(const std::function<void(check::Room&)>& body, check::RoomOptions options = {}) {
  ::setenv("IPCLAB_PROGRAMS", IPCLAB_BUILD "/fixtures", 1);
  ::signal(SIGPIPE, SIG_IGN);
  outcome() = Outcome{};
  try {
    check::Room room(options);
    body(room);
  } catch (const CheckEnded&) {
  }
  return outcome().result({});
}

bool was_skipped(const CheckResult& result) {
  if (result.status != Status::skip) return false;
  MESSAGE("SKIP: " << result.reason);
  return true;
}

void passes(const std::function<void(check::Room&)>& body, check::RoomOptions options = {}) {
  const CheckResult result = result_of(body, options);
  if (was_skipped(result)) return;
  INFO("finding: " << (result.finding ? result.finding->observed : result.reason));
  CHECK(result.status == Status::pass);
}

void fails_by(const std::string& cause, const std::function<void(check::Room&)>& body) {
  const CheckResult result = result_of(body);
  if (was_skipped(result)) return;
  REQUIRE(result.status == Status::fail);
  CHECK(result.finding->cause == cause);
}

struct Two {
  explicit Two(check::Room& room, const Quality& quality = {})
      : link(room, quality),
        a(link.a().console("network_toy", "alice")),
        b(link.b().console("network_toy", "bob")) {}
  void connects() {
    b.does("listen 4711");
    auto accepted = b.types("accept");
    a.does("connect 192.0.2.2 4711");
    accepted.must_return();
  }
  check::Link link;
  Console a, b;
};

}  // namespace

TEST_CASE("a datagram goes from host to host, and only to the host that it is for") {
  passes([](auto& room) {
    Two two(room);
    two.a.does("udp 5000");
    two.b.does("udp 5000");
    const auto text = room.random_text(), answer = room.random_text();
    two.a.does("tell 192.0.2.2 5000 " + text);
    two.b.types("hear").must_return(text);
    two.b.does("tell 192.0.2.1 5000 " + answer);
    two.a.types("hear").must_return(answer);
    CHECK(two.link.seen().size() == 2);
  });
}

TEST_CASE("a script decides about single packets, and the log says what it did") {
  passes([](auto& room) {
    Two two(room);
    two.a.does("udp 5000");
    two.b.does("udp 5000");
    two.link.loses(Side::a, 1);
    two.link.swaps(Side::a, 2);
    two.link.doubles(Side::a, 4);
    for (const char* text : {"one", "two", "three", "four"})
      two.a.does(std::string("tell 192.0.2.2 5000 ") + text);
    for (const char* text : {"three", "two", "four", "four"}) two.b.types("hear").must_return(text);
  });
  const CheckResult result = result_of([](auto& room) {
    Two two(room);
    two.link.loses(Side::a, 1);
    two.a.does("udp 5000");
    two.a.does("tell 192.0.2.2 5000 lost");
    two.a.quits();
  });
  if (result.status == Status::skip) return;
  CHECK(std::ranges::any_of(result.events,
                            [](const auto& event) { return event.what == "loses packet 1 from a"; }));
}

TEST_CASE("who waits for a datagram that is lost is found asleep, who waits for one on its way is not") {
  fails_by(cause::kNoSender, [](auto& room) {
    Two two(room);
    two.link.loses(Side::a, 1);
    two.a.does("udp 5000");
    two.b.does("udp 5000");
    two.a.does("tell 192.0.2.2 5000 lost");
    two.b.types("hear").must_return("lost");
  });
  passes([](auto& room) {
    Two two(room, {.delay = milliseconds(300)});
    two.a.does("udp 5000");
    two.b.does("udp 5000");
    two.a.does("tell 192.0.2.2 5000 late");
    two.b.types("hear").must_return("late");
  });
}

TEST_CASE("a blocked receiver is proved on its port, also on a host") {
  passes([](auto& room) {
    Two two(room);
    two.b.does("udp 5000");
    auto heard = two.b.types("hear");
    heard.must_block_in("recv", on("UDP port 5000"));
    two.a.does("udp 5000");
    two.a.does("tell 192.0.2.2 5000 x");
    heard.must_return("x");
    two.a.does("udp_without_port");
    two.a.types("hear_for 300").must_fail("EAGAIN");
  });
}

TEST_CASE("a wait that a socket option ends is not for ever") {
  passes([](auto& room) {
    Two two(room);
    two.b.does("udp 5000");
    two.b.types("hear_for 300").must_fail("EAGAIN");
    auto heard = two.b.types("hear_for 20000");
    heard.must_block_in("recv", on("UDP port 5000"));
    two.a.does("udp 5000");
    two.a.does("tell 192.0.2.2 5000 x");
    heard.must_return("x");
  });
  fails_by(cause::kPolls, [](auto& room) {
    Two two(room);
    two.b.does("udp 5000");
    two.b.types("hear_again_and_again").must_block_in("recv", on("UDP port 5000"));
  });
}

TEST_CASE("a connection between hosts: data arrives through delay and loss, ends know each other") {
  passes([](auto& room) {
    Two two(room, {.delay = milliseconds(20)});
    two.connects();
    auto got = two.b.types("recv");
    got.must_block_in("recv", on("connection of TCP port 4711"));
    const auto text = room.random_text();
    two.a.does("send " + text);
    got.must_return(text);
    two.link.loses(Side::b, static_cast<int>(two.link.seen().size()));  // any: TCP sends it again
    two.b.does("send " + text);
    two.a.types("recv").must_return(text);
  });
  fails_by(cause::kNoSender, [](auto& room) {
    Two two(room);
    two.connects();
    auto waits = two.b.types("recv");
    two.a.types("recv").must_return("");  // both wait for the other to speak first
  });
}

TEST_CASE("datagrams of the check's own, in the room and on a host") {
  passes([](auto& room) {
    auto toy = room.console("network_toy");
    Datagrams own(room);
    toy.does("udp 5000");
    const auto text = room.random_bytes(1000);
    own.sends(text, 5000);
    toy.types("hear").must_return(text);
    toy.does("tell 127.0.0.1 " + std::to_string(own.port()) + " answer");
    const auto answer = own.receives("toy answers");
    CHECK(answer.bytes == "answer");
    CHECK(answer.port == 5000);
    CHECK(answer.address == "127.0.0.1");
    CHECK(!own.received());
    toy.does("tell 127.0.0.1 " + std::to_string(own.port()) + " more");
    CHECK(own.receives_at_once("toy answers").bytes == "more");
    own.sends("nobody is there", 4999);  // refused
    own.sends("once more", 5000);
    toy.types("hear").must_return("once more");
  });
  passes([](auto& room) {
    Two two(room);
    Datagrams own(two.link.a(), 69);
    two.b.does("udp 5000");
    two.b.does("tell 192.0.2.1 69 hello");
    CHECK(own.receives("bob speaks").address == "192.0.2.2");
  });
  passes([](auto& room) {
    auto toy = room.console("network_toy");
    Datagrams own(room);
    toy.does("udp 5000");
    std::chrono::nanoseconds before{};
    for (int i = 0; i < 2; ++i) {  // the clock of who sends, whenever it is read
      toy.does(fmt::format("tell 127.0.0.1 {} x", own.port()));
      const auto given = own.receives("toy speaks").given;
      CHECK(given > before);
      before = given;
    }
  });
  fails_by(cause::kNoSender, [](auto& room) {
    auto toy = room.console("network_toy");
    Datagrams own(room);
    toy.does("udp 5000");
    toy.types("hear_for 20000");
    own.receives_at_once("toy answers");
  });
  fails_by(cause::kNoSender, [](auto& room) {
    room.requires_namespaces("elsewhere a datagram may come from any program of the machine");
    auto toy = room.console("network_toy");
    Datagrams own(room);
    toy.does("udp 5000");
    auto heard = toy.types("hear");
    own.receives("toy answers");
  });
}

TEST_CASE("raw sockets only where the check allows them") {
  const auto with = [](bool raw_network) {
    check::RoomOptions options;
    options.raw_network = raw_network;
    return options;
  };
  passes([](auto& room) { room.console("network_toy").does("raw"); }, with(true));
  passes([](auto& room) { room.console("network_toy").types("raw").must_fail("not permitted"); },
         with(false));
}
