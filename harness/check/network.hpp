// Words for programs that speak over a network: two hosts joined by a link, and datagrams of the check's own.
//
//   Room room;
//   Link link(room, {.delay = 20ms, .lost = 0.1});
//   auto server = link.b().start({"server", "4711"});
//   link.loses(Side::b, 3);                              // the third packet from b, whatever chance does
//   auto client = link.a().start({"client", link.b().address(), "4711"});
//
// Hosts are network namespaces of one room: an address, a loopback and ports of their own; files, processes
// and everything else they share. The link is the check's own (room/link.hpp), never the kernel's: so it is
// the same for the same seed on every machine, a check may say what happens to which packet, and what is on
// its way counts when the words of check.hpp prove that nobody can wake anybody. Packets move while a word
// waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/check.hpp"
#include "room/link.hpp"

namespace ipclab::check {

using room::Fate;
using room::Packet;
using room::Quality;
using room::Side;

/// One of the two hosts of a link.
class Host {
 public:
  Host(Session* session, unsigned number) : session_(session), number_(number) {}

  std::string address() const;
  Program start(std::vector<std::string> argv, std::string name = "", std::vector<Fault> faults = {}) const;
  Console console(std::string program, std::string name = "", std::vector<Fault> faults = {}) const;

 private:
  friend class Datagrams;
  Session* session_;
  unsigned number_;
};

/// One in a room. Skips the check, with the reason, where the machine gives no hosts.
class Link {
 public:
  explicit Link(Room& room, const Quality& quality = {});

  Host a() const { return {session_, 1}; }
  Host b() const { return {session_, 2}; }

  void becomes(const Quality& quality) const;
  /// What happens to the nth packet of a side, counted from 1 since the link is there. Fragments count one by
  /// one, and so do the handshakes and acknowledgements of TCP.
  void loses(Side from, int nth) const;
  void doubles(Side from, int nth) const;
  void swaps(Side from, int nth) const;  // with the one behind it
  /// For anything else: see room::Link::follows. Instead of the words above, not beside them.
  void follows(std::function<void(const Packet&, Fate&)> script) const;
  /// A packet that no host has sent, for the host at this side.
  void puts(Side to, std::string packet) const;
  /// All that have come to the link so far, those it lost too.
  std::vector<Packet> seen() const;

 private:
  void fates(Side from, int nth, std::function<void(Fate&)> fate) const;
  Session* session_;
};

struct Datagram {
  std::string address;
  std::uint16_t port = 0;
  std::string bytes;
  /// When its sender's kernel was given it (CLOCK_REALTIME; on one host that is the moment of the call, however
  /// late it is read).
  std::chrono::nanoseconds given{};
};

/// A UDP socket of the check's own: a client or server whose every datagram the check writes itself.
class Datagrams {
 public:
  explicit Datagrams(Room& room, std::uint16_t port = 0);  // in the room's network: 127.0.0.1
  explicit Datagrams(const Host& host, std::uint16_t port = 0);

  std::uint16_t port() const;
  /// For so many datagrams that a word for each is too slow. The session's; does not block.
  int descriptor() const { return fd_; }
  void sends(std::string_view bytes, std::uint16_t port) const;  // to a program on the same host
  void sends(std::string_view bytes, const std::string& address, std::uint16_t port) const;
  /// Waits for the next one. `expected` says, should it never come, what a correct program does.
  Datagram receives(const std::string& expected) const;
  /// The same, from who needs no time-out to send it: fails as soon as every program is asleep.
  Datagram receives_at_once(const std::string& expected) const;
  /// The next one, when it is there already.
  std::optional<Datagram> received() const;

 private:
  Session* session_;
  int fd_;  // the session's
};

}  // namespace ipclab::check
