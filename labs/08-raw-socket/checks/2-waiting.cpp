// The checks of lab 08-raw-socket, part 2: how it waits.

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "pinger.hpp"

TEST_CASE("doubled replies, and one that is lost" * rule("S7") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  link.doubles(Side::b, 1);
  link.loses(Side::a, 3);
  must_have_come_to(ping(link, 6, 15 * kShort), {"reply", "reply", "lost", "reply", "reply", "reply"});
}

TEST_CASE("it sleeps until a packet comes" * rule("S4") * todo(3) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  answers_by(link, [](const Packet&) {});
  const auto began = steady_clock::now();
  const auto pinger = ping(link, 1, kLong);
  pinger.must_block(on("raw_socket"));
  must_wait_for_the_rest(pinger, 0, std::chrono::duration<double>(steady_clock::now() - began).count());
  pinger.kill();
}

TEST_CASE("what is not answered in time is lost, and the next request follows" * rule("S4") * todo(3) *
          points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  answers_by(link, [](const Packet&) {});
  must_have_come_to(ping(link, 3, kShort), {"lost", "lost", "lost"});
}

TEST_CASE("the shortest time-out is waited for, whole and asleep" * rule("S4") * todo(3) * points(2)) {
  constexpr int kCount = 100;  // of milliseconds: less than one is left as soon as a request has been sent
  Room room(with_raw_sockets());
  Link link(room);
  answers_by(link, [](const Packet&) {});
  const auto began = steady_clock::now();
  const auto pinger = ping(link, kCount, 1);
  must_have_come_to(pinger, std::vector<std::string>(kCount, "lost"));
  const std::chrono::duration<double> all = steady_clock::now() - began;
  const auto effort = pinger.effort();
  // Half of it: who reads a clock of whole milliseconds is early now and then, and no more.
  if (all.count() < kCount * 1e-3 / 2)
    fails(cause::kPolls, fmt::format("{} time-outs of 1 ms each take {} ms", kCount, kCount),
          fmt::format("they took less than {} ms", kCount / 2),
          "What is left of a time-out must be rounded up: rounded down, less than 1 ms is nothing.");
  if (effort.sleeps >= kCount / 4) return;
  const std::string expected = "it sleeps until the time-out has come, also when less than 1 ms is left";
  if (effort.cpu_seconds > kCount * 1e-3 / 3)
    fails(cause::kSpins, expected, "it looks again and again without sleeping");
  fails(cause::kPolls, expected, fmt::format("it slept less than {} times in {} waits", kCount / 4, kCount),
        "What is left of a time-out must be rounded up: rounded down, less than 1 ms is nothing.");
}

namespace {

constexpr milliseconds kLapse{
    100};  // of time that passes while it waits: time is what these checks are about

/// Stopped while it waits for its only reply; it goes on when its time has passed and `instead` is there.
Program goes_on_too_late(Room& room, const Link& link, const Forgery& instead) {
  constexpr int kTime = 10 * kShort;  // still to come when it is stopped
  answers_by(link, [](const Packet&) {});
  const auto pinger = ping(link, 1, kTime);
  room.settles();
  pinger.signal(SIGSTOP);  // so that both are there when it looks
  for (const Packet& request : requests_on(link)) link.puts(Side::a, answer_to(request, instead));
  std::this_thread::sleep_for(milliseconds(kTime + 20));
  room.settles();
  pinger.signal(SIGCONT);
  return pinger;
}

}  // namespace

TEST_CASE("a time-out that has passed when another packet is taken has passed" * rule("S4") * todo(3) *
          points(1)) {
  Room room(with_raw_sockets());
  Link link(room);
  // No reply in any respect: whether those are told apart is another check's matter.
  const auto pinger = goes_on_too_late(room, link, {.type = kUnreachable, .id_off = 1, .sequence_off = 1});
  must_have_come_to(pinger, {"lost"});
}

TEST_CASE("packets of others do not prolong the wait" * rule("S4") * todo(3) * points(2) *
          needs("a reply to somebody else's request is no reply")) {
  Room room(with_raw_sockets());
  Link link(room);
  const auto late = goes_on_too_late(room, link, {.id_off = 1});
  room.settles();
  if (!late.ended())
    fails(cause::kBlocks, "it gives up when the time-out has come, whatever else comes",
          "it has taken a reply to somebody else, and sleeps again");
  must_have_come_to(late, {"lost"});

  const auto early = ping(link, 1, kLong);
  room.settles();
  const auto then = steady_clock::now();
  std::this_thread::sleep_for(kLapse);
  const double passed = std::chrono::duration<double>(steady_clock::now() - then).count();
  for (const Packet& request : requests_on(link)) link.puts(Side::a, answer_to(request, {.id_off = 1}));
  room.settles();
  early.must_block(on("raw_socket"));
  must_wait_for_the_rest(early, passed, kLong / 1e3);
  early.kill();
}

TEST_CASE("after an interruption it waits for the rest of the time" * rule("S4") * todo(3) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  answers_by(link, [](const Packet&) {});
  std::vector<Fault> faults;
  for (const char* call : {"poll", "select", "epoll_wait", "recvfrom", "recvmsg", "read"}) {
    faults.push_back(interrupt_late(call, 1));
    if (call == std::string("read")) faults.back().on = Fault::On::socket;
  }
  const auto pinger = ping(link, 1, kLong, 56, faults);
  room.settles();
  const auto then = steady_clock::now();
  std::this_thread::sleep_for(kLapse);
  const bool held = pinger.is_held();
  const double passed = std::chrono::duration<double>(steady_clock::now() - then).count();
  while (pinger.is_held()) {
    pinger.goes_on();
    room.settles();
  }
  pinger.must_block(on("raw_socket"));
  if (held) must_wait_for_the_rest(pinger, passed, kLong / 1e3);
  pinger.kill();
}

TEST_CASE("a packet that turns out not to be there changes nothing" * rule("S4") * todo(3) * points(1)) {
  Room room(with_raw_sockets());
  Link link(room);
  std::optional<Packet> request;
  answers_by(link, [&](const Packet& packet) {
    request = packet;
    link.puts(Side::a, answer_to(packet));
  });
  std::vector<Fault> faults;
  for (const char* call : {"recvfrom", "recvmsg", "read"}) {  // only where they do not wait
    faults.push_back(fail(call, EAGAIN, 1));
    faults.back().on = Fault::On::socket;
  }
  const auto pinger = ping(link, 1, kLong, 56, faults);
  room.settles();
  // Who is told of a packet only when it comes (EPOLLET) has been told that there is none.
  if (request && !pinger.ended()) link.puts(Side::a, answer_to(*request));
  must_get_all(room, pinger, 1);
}

TEST_CASE("an interrupted call changes nothing" * rule("S4") * todo(3) * points(1)) {
  Room room(with_raw_sockets());
  Link link(room, {.delay = milliseconds(5)});
  std::vector<Fault> faults;
  for (const char* call : {"poll", "select", "epoll_wait", "recvfrom", "recvmsg", "read"}) {
    faults.push_back(interrupt(call, 1));
    faults.push_back(interrupt(call, 3));
  }
  for (Fault& fault : faults)
    if (fault.call == "recvfrom" || fault.call == "recvmsg" || fault.call == "read")
      fault.on = Fault::On::socket;
  must_get_all(room, ping(link, 3, kLong, 56, faults), 3);
}
