// The learner's server as the checks see it: its directory, its port, and what it is asleep for.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "check/network.hpp"
#include "detect/stuck.hpp"

using namespace ipclab;
using namespace ipclab::check;

// Time-outs, in milliseconds. Where one must not come, it is half a minute: a block that comes twice then has
// another reason. Where it must come, it is short, and a block may then come more than once;
// five of them, after which a right server gives up, are long enough for a client on a busy machine.
constexpr int kLong = 30'000, kShort = 200;
constexpr int kTries = 5;
constexpr char kPublic[] = "pub";  // the directory that the server serves

/// The learner's server, serving the directory kPublic of its host.
class Server {
 public:
  Server(Room& room, int time_out, const std::vector<Fault>& faults = {})
      : Server(room, nullptr, time_out, faults) {}
  Server(Room& room, const Host& host, int time_out) : Server(room, &host, time_out, {}) {}

  std::uint16_t port() const { return port_; }
  const Program& program() const { return program_; }
  bool is_patient() const { return time_out_ == kLong; }
  /// Of whoever waits at this port now, in seconds: nothing where nobody does, or the kernel does not tell.
  std::optional<double> time_out_at(std::uint16_t transfer) const {
    const Snapshot snapshot = program_.look();
    for (const auto& process : snapshot.processes)
      for (const Thread& thread : process.threads)
        if (thread.activity == Activity::blocked && is_at(snapshot, thread, transfer))
          return thread.wait.time_out_seconds;
    return std::nullopt;
  }
  std::string url(const std::string& host, const std::string& name) const {
    return fmt::format("tftp://{}:{}/{}", host, port_, name);
  }

  void has(const std::string& name, const std::string& bytes) const {
    const std::string path = fmt::format("{}/{}", kPublic, name);
    room_.write_file(path, bytes);
    room_.keeps(path);
  }

  /// Every process of it sleeps, none until a time, none at a transfer's port: no transfer is under way.
  bool rests() const {
    room_.settles();
    return !waits_at_a_transfer() && !waits_for_a_time();
  }

  /// `meanwhile` is looked at each time that it does not rest yet.
  void must_come_to_rest(const std::function<void()>& meanwhile = [] {}) const {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    for (; !rests(); meanwhile())
      if (loops() || std::chrono::steady_clock::now() > limit)
        fails(cause::kPolls, "with no transfer under way the server sleeps until a request comes",
              "after all transfers it still wakes by itself");
  }

  /// As must_come_to_rest, and now: who waits has not understood that the transfer is over.
  void must_be_at_rest(const std::string& after_what) const {
    if (rests()) return;
    fails(cause::kBlocks, fmt::format("the transfer is over {}, and nobody waits any more", after_what),
          waits_at_a_transfer() ? "the server still waits for the client"
                                : "the server still waits for a time to come");
  }

  /// Somebody waits at this port, and not for ever: in seconds, how long at most, where the kernel tells.
  std::optional<double> must_wait_for_a_time_at(std::uint16_t transfer) const {
    const std::string expected = "it sleeps until the client answers or the time-out comes";
    room_.settles();
    const Snapshot snapshot = program_.look();
    bool spins = false, polls = false, sleeps = false;
    for (const auto& process : snapshot.processes)
      for (const Thread& thread : process.threads) {
        spins |= thread.activity == Activity::spinning;
        polls |= thread.activity == Activity::polling;
        sleeps |= thread.activity == Activity::sleeping;
        if (thread.activity != Activity::blocked || !is_at(snapshot, thread, transfer)) continue;
        if (wakes_by_itself(snapshot, thread) && thread.wait.time_out_seconds.value_or(2) > 1)
          return thread.wait.time_out_seconds;
        if (thread.wait.time_out_seconds) fails(cause::kPolls, expected, "it wakes again and again to look");
        if (others_wait_for_a_time(snapshot, process)) return std::nullopt;  // this thread only listens
        fails(
            cause::kBlocks, expected, fmt::format("it sleeps in {} without a time-out", thread.wait.call),
            "A block or its acknowledgement that is lost leaves both sides waiting for the other, for ever.");
      }
    if (spins) fails(cause::kSpins, expected, "it burns CPU instead of sleeping");
    if (polls) fails(cause::kPolls, expected, "it wakes again and again to look");
    if (sleeps) fails(cause::kSleeps, expected, "it sleeps for a time and would not notice an answer");
    const bool is_open = std::ranges::any_of(snapshot.objects, [&](const Object& object) {
      return object.name == fmt::format("UDP port {}", transfer);
    });
    fails(cause::kBlocksElsewhere, expected,
          is_open ? "the port that the block came from is open, but nobody waits at it"
                  : "the port that the block came from is closed, as when its transfer is over");
  }

  std::size_t open_descriptors() const { return program_.descriptors().size(); }

  /// Of transfers that are over; `before` them so many descriptors were open.
  void must_have_left_nothing(std::size_t before) const {
    room_.must_have_no_zombie();
    const std::size_t now = open_descriptors();
    if (now != before)
      fails(cause::kDescriptorLeak, "a transfer that is over leaves no descriptor open",
            fmt::format("the server has {} open, {} before the transfers", now, before));
  }

  /// All its processes are stopped, or go on (SIGSTOP, SIGCONT).
  void signals_all(int number) const {
    for (const auto& process : program_.look().processes)
      if (!process.zombie) check::Process(&room_.session(), process.pid).signal(number);
  }

  /// At the end of a check: a server ends by a signal.
  void is_ended() const {
    must_come_to_rest();
    program_.kill();
  }

 private:
  Server(Room& room, const Host* host, int time_out, const std::vector<Fault>& faults)
      : room_(room), time_out_(time_out), port_(static_cast<std::uint16_t>(room.random_port())) {
    for (const std::string& directory : {std::string(kPublic), std::string(kPublic) + "/sub"}) {
      room.make_directory(directory);
      room.keeps(directory);
    }
    const std::vector<std::string> argv = {"tftpd", kPublic, std::to_string(port_), std::to_string(time_out)};
    program_ = host ? host->start(argv, "tftpd", faults) : room.start(argv, "tftpd", faults);
    program_.must_print("ready\n");
  }

  static bool wakes_by_itself(const Snapshot& snapshot, const Thread& thread) {
    return std::ranges::any_of(detect::wait_edges(snapshot), [&](const detect::WaitEdge& edge) {
      return edge.tid == thread.tid && edge.by_itself;
    });
  }

  static bool others_wait_for_a_time(const Snapshot& snapshot, const ipclab::Process& process) {
    return std::ranges::any_of(process.threads, [&](const Thread& thread) {
      return thread.activity == Activity::blocked && wakes_by_itself(snapshot, thread) &&
             thread.wait.time_out_seconds.value_or(2) > 1;
    });
  }

  static bool is_at(const Snapshot& snapshot, const Thread& thread, std::uint16_t port) {
    return std::ranges::any_of(thread.wait.any_of, [&](const Target& target) {
      return target.object >= 0 && snapshot.objects[static_cast<std::size_t>(target.object)].name ==
                                       fmt::format("UDP port {}", port);
    });
  }

  /// Somebody wakes again and again, and no time-out is as short as that.
  bool loops() const {
    const Snapshot snapshot = program_.look();
    return is_patient() && std::ranges::any_of(snapshot.processes, [](const auto& process) {
             return process.activity == Activity::polling || process.activity == Activity::spinning ||
                    process.activity == Activity::sleeping;
           });
  }

  /// At a UDP port other than the server's own.
  bool waits_at_a_transfer() const {
    const Snapshot snapshot = program_.look();
    const auto is_transfer = [&](const Target& target) {
      if (target.object < 0) return false;
      const Object& object = snapshot.objects[static_cast<std::size_t>(target.object)];
      return object.kind == ObjectKind::udp_socket && object.name != fmt::format("UDP port {}", port_);
    };
    return std::ranges::any_of(snapshot.processes, [&](const auto& process) {
      return std::ranges::any_of(process.threads, [&](const Thread& thread) {
        return std::ranges::any_of(thread.wait.any_of, is_transfer);
      });
    });
  }

  bool waits_for_a_time() const {
    const Snapshot snapshot = program_.look();
    return std::ranges::any_of(snapshot.processes, [&](const auto& process) {
      return std::ranges::any_of(process.threads, [&](const Thread& thread) {
        return thread.activity == Activity::running || wakes_by_itself(snapshot, thread);
      });
    });
  }

  Room& room_;
  int time_out_;
  std::uint16_t port_;
  Program program_;
};

/// A tool that speaks TFTP: Debian's curl does, others may have been built without it.
inline void requires_curl(Room& room) {
  room.requires_tool("curl");
  const auto curl = room.start({"curl", "--version"}, "curl --version");
  if (curl.output().find(" tftp") == std::string::npos) room.requires_tool("curl with TFTP");
}
