// The learner's program on host a, host b, whose kernel answers it, and the link between them, on which the
// check sees every packet, and can lose, hold back and forge what it likes.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "icmp.hpp"

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kLong = 30'000, kShort = 100;  // time-outs, in milliseconds

inline RoomOptions with_raw_sockets() {
  RoomOptions options;
  options.raw_network = true;
  return options;
}

inline bool is_request(const Packet& packet) {
  return packet.from == Side::a && packet.protocol() == IPPROTO_ICMP &&
         byte_at(packet.payload(), 0) == kEchoRequest;
}

inline std::vector<Packet> requests_on(const Link& link) {
  std::vector<Packet> requests = link.seen();
  std::erase_if(requests, [](const Packet& packet) { return !is_request(packet); });
  return requests;
}

inline unsigned sequence_of(const Packet& request) { return number_at(request.payload(), 6); }

/// Host b is silent: nothing that its kernel sends arrives. For each request the check decides.
inline void answers_by(const Link& link, const std::function<void(const Packet&)>& answer) {
  link.follows([answer](const Packet& packet, Fate& fate) {
    if (packet.from == Side::b) fate.copies = 0;
    else if (is_request(packet)) answer(packet);
  });
}

inline Program ping(const Link& link, int count, int time_out, int size = 56,
                    const std::vector<Fault>& faults = {}) {
  return link.a().start(
      {"pinger", link.b().address(), std::to_string(count), std::to_string(time_out), std::to_string(size)},
      "pinger", faults);
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The milliseconds of a line "reply seq=N ttl=T time=X ms"; fails when it is another one.
inline double must_be_reply(const std::string& line, int sequence, int ttl) {
  const std::string begin = fmt::format("reply seq={} ttl={} time=", sequence, ttl);
  char* end = nullptr;
  const double time = line.starts_with(begin) ? std::strtod(line.c_str() + begin.size(), &end) : 0;
  const auto point = line.find('.', begin.size());
  if (!end || std::string(end) != " ms" || point == std::string::npos ||
      end - line.c_str() != static_cast<std::ptrdiff_t>(point) + 4)
    fails(cause::kWrongOutput, fmt::format("pinger prints \"{}… ms\", with three decimals", begin),
          fmt::format("it prints \"{}\"", line));
  return time;
}

inline void must_be(const std::string& line, const std::string& wanted) {
  if (line != wanted)
    fails(cause::kWrongOutput, fmt::format("pinger prints \"{}\"", wanted),
          fmt::format("it prints \"{}\"", line));
}

/// One word for each request, "reply" or "lost", then the last line and the exit status.
inline void must_have_come_to(const Program& pinger, const std::vector<std::string>& fates, int ttl = 64) {
  const auto lines = lines_of(pinger.output());
  const auto count = fates.size();
  const auto replies = static_cast<std::size_t>(std::ranges::count(fates, "reply"));
  for (std::size_t i = 0; i < count; ++i) {
    const int sequence = static_cast<int>(i) + 1;
    const std::string line = i < lines.size() ? lines[i] : "";
    if (fates[i] == "reply") must_be_reply(line, sequence, ttl);
    else must_be(line, fmt::format("lost seq={}", sequence));
  }
  must_be(lines.size() > count ? lines[count] : "",
          fmt::format("{} sent, {} received, {}% lost", count, replies, (count - replies) * 100 / count));
  pinger.must_exit(replies > 0 ? 0 : 1);
}

/// Every request is answered. With a long time-out nobody need wait for it: once everybody is asleep and no
/// packet is on its way, it has no more to come.
inline void must_get_all(Room& room, const Program& pinger, std::size_t count, int ttl = 64) {
  // Who looks again and again is at rest for settles(): as long as it prints, it is not.
  for (std::size_t before = std::string::npos; before != pinger.output_so_far().size() && !pinger.ended();) {
    before = pinger.output_so_far().size();
    room.settles();
  }
  if (!pinger.ended()) {
    const auto lines = lines_of(pinger.output_so_far());
    fails(cause::kBlocks, fmt::format("pinger gets {} replies and ends", count),
          fmt::format("it has printed {} of them and still waits; no packet is on its way", lines.size()));
  }
  must_have_come_to(pinger, std::vector<std::string>(count, "reply"), ttl);
}

/// Each request is answered by one of these, which are no replies to it, and right behind by the reply. The
/// time to live tells which one was taken: whatever the machine is busy with, nothing here is a matter of
/// time.
inline void must_be_ignored(const std::vector<Forgery>& forged, const std::string& what, int size = 56) {
  constexpr unsigned kForged = 99;
  Room room(with_raw_sockets());
  Link link(room);
  answers_by(link, [&](const Packet& request) {
    const unsigned nth = sequence_of(request);
    if (nth == 0 || nth > forged.size()) return;
    Forgery no_reply = forged[nth - 1];
    no_reply.ttl = kForged;
    link.puts(Side::a, answer_to(request, no_reply));
    link.puts(Side::a, answer_to(request));
  });
  const auto pinger = ping(link, static_cast<int>(forged.size()), kLong, size);
  room.settles();
  if (pinger.output_so_far().find(fmt::format("ttl={} ", kForged)) != std::string::npos)
    fails(cause::kWrongOutput, what + " is ignored, and the reply behind it is told of",
          "pinger takes it for the reply");
  must_get_all(room, pinger, forged.size());
}

/// In seconds, how long whoever waits for a packet does so at most: nothing where nobody does, or the kernel
/// does not tell.
inline std::optional<double> time_out_of(const Program& pinger) {
  const Snapshot snapshot = pinger.look();
  for (const auto& process : snapshot.processes)
    for (const Thread& thread : process.threads)
      for (const Target& target : thread.wait.any_of)
        if (target.object >= 0 &&
            snapshot.objects[static_cast<std::size_t>(target.object)].kind == ObjectKind::raw_socket)
          return thread.wait.time_out_seconds;
  return std::nullopt;
}

/// `passed`: so many seconds at least since the request was sent; `at_most`: and at most so many.
inline void must_wait_for_the_rest(const Program& pinger, double passed, double at_most) {
  constexpr double kGrain = 0.03;  // how the kernel and programs may round, with room to spare
  const auto left = time_out_of(pinger);
  if (!left) return;
  const double whole = kLong / 1e3;
  if (*left > whole - passed + kGrain)
    fails(cause::kBlocks, fmt::format("it waits until {} s after the request", whole),
          fmt::format("{:.0f} ms after it, it sleeps for another {:.2f} s", passed * 1e3, *left));
  if (*left < whole - at_most - kGrain)
    fails(cause::kPolls, fmt::format("it waits until {} s after the request", whole),
          fmt::format("it sleeps with a time-out of {:.2f} s", *left));
}
