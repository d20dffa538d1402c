// A link between two hosts: a cable (cable.hpp) and what may happen to packets on it. It delays, loses,
// doubles and swaps by chance, from a seed, or exactly as a script says. A packet's fate depends on the seed,
// its side and its number alone, never on time.
//
// It has no thread: whoever owns it calls pump() when a descriptor is readable or something is due, and then
// knows exactly what is on its way. The descriptors are the link's. Errors: std::system_error.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"

namespace ipclab::room {

enum class Side { a, b };
inline Side other(Side side) { return side == Side::a ? Side::b : Side::a; }

/// An IPv4 packet (RFC 791) as it came from a host.
struct Packet {
  Side from{};
  int nth = 0;  // from 1, of this side
  std::string bytes;

  int protocol() const;  // IPPROTO_UDP …; -1: not an IPv4 packet
  /// Behind the IP header: a UDP, TCP or ICMP header and what it carries.
  std::string payload() const;
};

/// What the link does by chance: probabilities from 0 to 1.
struct Quality {
  std::chrono::milliseconds delay{0};
  double lost = 0, doubled = 0, swapped = 0;
};

/// What happens to one packet.
struct Fate {
  int copies = 1;                     // 0: lost
  bool after_the_next = false;        // swapped with the next of its side; where none comes, kSwapLimit late
  std::chrono::milliseconds late{0};  // on top of the link's delay
};

class Link {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kSwapLimit{50};

  Link(std::array<Fd, 2> ends, std::uint64_t seed);

  void has(const Quality& quality) { quality_ = quality; }
  /// Called for each packet when it comes, with the fate that chance has given it: may change it.
  void follows(std::function<void(const Packet&, Fate&)> script) { script_ = std::move(script); }
  /// A packet that no host has sent, for the host at this side; not counted, nothing happens to it.
  void put(Side to, std::string packet);

  /// Takes what has come and hands on what is due. True: it has done something.
  bool pump();
  /// When something is due; nothing when nothing waits on the link.
  std::optional<Clock::time_point> due() const;
  /// Nothing is on its way, in the link or before its ends.
  bool idle() const;
  int fd(Side side) const { return ends_[static_cast<unsigned>(side)].get(); }

  /// Every packet that has come so far.
  const std::vector<Packet>& seen() const { return seen_; }

 private:
  struct Waiting {
    Clock::time_point due;
    Side to;
    std::string bytes;
  };

  bool take(Side from);
  void accept(Packet packet);
  Fate chance(const Packet& packet) const;
  void queue(Clock::time_point due, Side to, const std::string& bytes, int copies);
  void send(Side to, const std::string& bytes);

  std::array<Fd, 2> ends_;
  std::uint64_t seed_;
  Quality quality_;
  std::function<void(const Packet&, Fate&)> script_;
  std::vector<Waiting> waiting_;  // by due; equal ones in the order in which they came
  std::array<int, 2> counts_{};
  struct Swapped {
    Clock::time_point until;
    std::string bytes;
    int copies = 1;
  };
  std::array<std::optional<Swapped>, 2> swapped_;
  std::vector<Packet> seen_;
};

}  // namespace ipclab::room
