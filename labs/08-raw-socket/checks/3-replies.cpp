// The checks of lab 08-raw-socket, part 3: which packet is the reply.

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "pinger.hpp"

TEST_CASE("the kernel at the other end answers, and each reply is told" * rule("S5") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  must_get_all(room, ping(link, 4, kLong), 4);
  for (const int size : {0, 57, 1400}) must_get_all(room, ping(link, 1, kLong, size), 1);
}

TEST_CASE("the round-trip time is that of the packet" * rule("S5") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room, {.delay = milliseconds(30)});
  const auto began = std::chrono::steady_clock::now();
  const auto pinger = ping(link, 2, kLong);
  room.settles();
  if (!pinger.ended()) must_get_all(room, pinger, 2);
  const auto lines = lines_of(pinger.output());
  const std::chrono::duration<double, std::milli> all = std::chrono::steady_clock::now() - began;
  double sum = 0;
  for (int i = 0; i < 2; ++i) {
    const double time = must_be_reply(
        i < static_cast<int>(lines.size()) ? lines[static_cast<std::size_t>(i)] : "", i + 1, 64);
    if (time < 60)
      fails(cause::kWrongOutput, "over 30 ms each way a round trip takes at least 60 ms",
            fmt::format("pinger says {} ms", time < 1 ? "less than 1" : "less than 60"));
    sum += time;
  }
  if (sum > all.count())
    fails(cause::kWrongOutput, "two round trips, one after the other, take no longer than the whole run",
          "the times that pinger prints are longer");
  pinger.must_exit(0);
}

TEST_CASE("on the loopback its own request is no reply" * rule("S6") * todo(4) * points(1)) {
  Room room(with_raw_sockets());
  room.requires_namespaces("raw sockets need a network of the room's own");
  constexpr std::size_t kCount = 300;  // so many that sequence numbers have two bytes
  must_get_all(room, room.start({"pinger", "127.0.0.1", std::to_string(kCount), std::to_string(kLong)}),
               kCount);
}

TEST_CASE("an echo request with its own numbers is no reply" * rule("S6") * todo(4) * points(2)) {
  must_be_ignored({{.type = kEchoRequest}}, "an echo request with its own numbers");
}

TEST_CASE("an ICMP error is no reply" * rule("S6") * todo(4) * points(1)) {
  must_be_ignored({{.type = kUnreachable, .code = 1}, {.type = kUnreachable}}, "an ICMP error");
}

TEST_CASE("a reply to somebody else's request is no reply" * rule("S6") * todo(4) * points(2)) {
  must_be_ignored({{.id_off = 1}, {.id_off = 256}}, "a reply with another identifier");
}

TEST_CASE("a reply from another host is no reply" * rule("S6") * todo(4) * points(1)) {
  must_be_ignored({{.last_of_source = 77}}, "a reply from another host");
}

TEST_CASE("a reply whose checksum is wrong is no reply" * rule("S6") * todo(4) * points(1)) {
  for (const int size : {57, 1400})
    must_be_ignored({{.sum_off = 1}, {.sum_off = 256}, {.without_sum = true}},
                    "a reply whose checksum is wrong", size);
}

TEST_CASE("a reply with another code than 0 is no reply" * rule("S6") * todo(4) * points(1)) {
  must_be_ignored({{.code = 1}}, "a reply with code 1");
}

TEST_CASE("a late reply is not taken for the next one's" * rule("S6") * todo(4) * points(2)) {
  constexpr unsigned kOther = 99;  // time to live: what must not be taken
  Room room(with_raw_sockets());
  Link link(room);
  std::optional<Packet> first;
  answers_by(link, [&](const Packet& request) {
    if (sequence_of(request) == 1) first = request;
    if (sequence_of(request) == 2) {
      link.puts(Side::a, answer_to(*first, {.ttl = kOther}));  // once more, and late
      link.puts(Side::a, answer_to(request, {.id_off = 7, .ttl = kOther}));
      link.puts(Side::a, answer_to(request, {.sequence_off = 256, .ttl = kOther}));
    }
    link.puts(Side::a, answer_to(request));
  });
  const auto pinger = ping(link, 2, kLong);
  room.settles();
  if (pinger.output_so_far().find(fmt::format("ttl={} ", kOther)) != std::string::npos)
    fails(cause::kWrongOutput, "a reply to another request is ignored, and the one behind it is told of",
          "pinger takes it for the reply to the second request");
  must_get_all(room, pinger, 2);
}

TEST_CASE("IP options before the reply do not move it out of sight" * rule("S6") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  constexpr unsigned kMost = 10;  // 4-byte words: the largest header
  answers_by(link, [&](const Packet& request) {
    const unsigned nth = sequence_of(request);
    link.puts(Side::a, answer_to(request, {.options = nth < 4 ? nth : kMost, .ttl = 200}));
  });
  must_get_all(room, ping(link, 4, kLong, 1400), 4, 200);
}

TEST_CASE("a reply without the request's data is one, too" * rule("S6") * todo(4) * points(1)) {
  Room room(with_raw_sockets());
  Link link(room);
  answers_by(link, [&](const Packet& request) {
    link.puts(Side::a, answer_to(request, {.without_data = true, .ttl = 200}));
  });
  must_get_all(room, ping(link, 1, kLong), 1, 200);
}

TEST_CASE("ping beside it gets its own replies, and it its own" * rule("S6") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  room.requires_tool("ping");
  Link link(room, {.delay = milliseconds(5)});
  const auto other =
      link.a().start({"/usr/bin/ping", "-c", "5", "-w", "20", "-i", "0.02", link.b().address()}, "ping");
  const auto pinger = ping(link, 20, kLong);
  must_get_all(room, pinger, 20);
  if (other.output().find("5 received") == std::string::npos)
    fails(cause::kWrongOutput, "ping gets its five replies", "ping prints: " + other.output().substr(0, 300));
}
