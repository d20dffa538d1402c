// The words that the checks of lab 05-unix-socket have in common. Consoles talk to each other over streams
// and post each other parcels; what one of them waits for, another one does. Abstract names are drawn by lot:
// without namespaces they are the machine's.
#pragma once

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <string>
#include <vector>

#include "check/check.hpp"

using namespace ipclab;
using namespace ipclab::check;

constexpr char kDesk[] = "desk";
constexpr char kBox[] = "box";

inline std::string line(std::string_view command, std::string_view argument) {
  return fmt::format("{} {}", command, word(argument));
}

inline std::string abstract_name(Room& room) { return "@" + room.random_text(); }

/// Only what happens on sockets: the console reads typed lines, too.
inline Fault on_sockets(Fault fault) {
  fault.on = Fault::On::socket;
  return fault;
}

/// The same for every call that a program may use on a socket.
inline std::vector<Fault> in_every(const std::vector<std::string>& calls, const std::vector<Fault>& faults) {
  std::vector<Fault> all;
  for (Fault fault : faults)
    for (const std::string& call : calls) fault.call = call, all.push_back(on_sockets(fault));
  return all;
}

inline const std::vector<std::string> kSends = {"send", "write", "sendmsg", "writev"};
inline const std::vector<std::string> kReceives = {"recv", "read", "recvmsg", "readv"};

/// Bob has connected to alice, and she has accepted.
struct Pair {
  explicit Pair(Room& room, const std::vector<Fault>& faults = {})
      : alice(room.console("desk", "alice", faults)), bob(room.console("desk", "bob", faults)) {
    alice.does(line("listen", kDesk));
    bob.does(line("connect", kDesk));
    alice.does("accept");
  }
  Console alice, bob;
};

inline std::size_t open_descriptors(const Console& console) { return console.descriptors().size(); }

inline void must_have_as_many(const Console& console, std::size_t before, const std::string& after_what) {
  const std::size_t after = open_descriptors(console);
  if (after <= before) return;
  fails(cause::kDescriptorLeak, fmt::format("{} has as many descriptors open as before", console.name()),
        fmt::format("after {} there are {} more", after_what, after - before),
        "A descriptor that nobody closes stays open until the process ends; so does what it stands for.");
}

inline void must_be_close_on_exec(const Console& console, const std::string& what) {
  for (const Descriptor& descriptor : console.descriptors())
    if (descriptor.fd > 2 && !descriptor.close_on_exec)
      fails(cause::kDescriptorLeak,
            fmt::format("a program that {} executes inherits no {}", console.name(), what),
            fmt::format("descriptor {} is not marked close-on-exec", descriptor.fd),
            "exec keeps every descriptor that is not marked. To mark it later leaves a moment in which "
            "another thread "
            "may fork.");
}

/// Alice takes connections until it is this client's: who looks whether she is there may be a client for a
/// moment.
inline void must_accept(const Console& alice, const Console& client) {
  const std::string wanted = client.asks("whoami");
  for (int others = 0; others < 4; ++others)
    if (alice.asks("accept") == wanted) return;
  fails(cause::kWrongAnswer, "accept finds " + client.name() + ", who has connected", "it finds only others");
}
