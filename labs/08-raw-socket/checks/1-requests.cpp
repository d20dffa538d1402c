// The checks of lab 08-raw-socket, part 1: the socket and what it sends. With a time-out of 0 nothing is
// waited for.

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "pinger.hpp"

namespace {

/// What the kernel of the room has counted since it is there: "Icmp", "InCsumErrors" (proc_net(5), snmp).
long counted(Room& room, const std::string& protocol, const std::string& name) {
  std::istringstream lines(room.start({"cat", "/proc/net/snmp"}, "cat " + name).output());
  std::string names, values;
  while (std::getline(lines, names) && std::getline(lines, values)) {
    std::istringstream all(names), numbers(values);
    std::string key, value;
    all >> key, numbers >> value;
    if (key != protocol + ":") continue;
    while (all >> key && numbers >> value)
      if (key == name) return std::stol(value);
  }
  return 0;
}

}  // namespace

TEST_CASE("without CAP_NET_RAW it says what is missing" * rule("S2") * todo(1) * points(1)) {
  Room room;
  const auto pinger = room.start({"pinger", "127.0.0.1", "1"});
  pinger.must_exit(2);
  const auto said = pinger.error_output();
  if (said.find("CAP_NET_RAW") == std::string::npos)
    fails(cause::kWrongOutput, "standard error names the capability that is missing, CAP_NET_RAW",
          said.empty() ? "standard error is empty" : fmt::format("it says: {}", said.substr(0, 200)));
}

TEST_CASE("when the kernel gives no socket for another reason, it says that one" * rule("S2") * todo(1) *
          points(1)) {
  Room room(with_raw_sockets());
  room.requires_namespaces("raw sockets need a network of the room's own");
  const auto pinger = room.start({"pinger", "127.0.0.1", "1"}, "pinger", {fail("socket", EMFILE)});
  pinger.must_exit(2);
  const auto said = pinger.error_output();
  const bool says_why =
      said.find("Too many open files") != std::string::npos || said.find("EMFILE") != std::string::npos;
  if (!says_why || said.find("CAP_NET_RAW") != std::string::npos)
    fails(cause::kWrongOutput, "socket() fails with EMFILE, and standard error says \"Too many open files\"",
          said.empty() ? "standard error is empty" : fmt::format("it says: {}", said.substr(0, 200)));
}

TEST_CASE("each request is an echo request with its own sequence number and one identifier" * rule("S3") *
          todo(2) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  const auto pinger = ping(link, 3, 0);
  pinger.must_exit(1);
  room.settles();
  const auto requests = requests_on(link);
  if (requests.size() != 3)
    fails(cause::kMechanismNotUsed, "three echo requests leave the host",
          fmt::format("{} did", requests.size()));
  for (unsigned i = 0; i < 3; ++i) {
    const std::string icmp = requests[i].payload();
    if (byte_at(icmp, 1) != 0 || icmp.size() != 8 + 56)
      fails(cause::kWrongOutput, "an echo request has code 0 and 56 bytes of data",
            fmt::format("code {}, {} bytes in all", byte_at(icmp, 1), icmp.size()));
    if (sequence_of(requests[i]) != i + 1 || number_at(icmp, 4) != number_at(requests[0].payload(), 4))
      fails(cause::kWrongOutput, "sequence numbers count from 1, the identifier stays",
            fmt::format("request {} has sequence number {}", i + 1, sequence_of(requests[i])));
  }
}

TEST_CASE("the checksum is right, whatever the length" * rule("S3") * todo(2) * points(3)) {
  Room room(with_raw_sockets());
  Link link(room);
  for (const int size : {0, 1, 2, 56, 57, 999, 1400}) {
    const std::size_t before = requests_on(link).size();
    ping(link, 1, 0, size).must_exit(1);
    room.settles();
    const auto requests = requests_on(link);
    if (requests.size() != before + 1)
      fails(cause::kMechanismNotUsed, "an echo request leaves the host", "none did");
    const std::string icmp = requests.back().payload();
    if (checksum(icmp) != 0)
      fails(cause::kWrongOutput,
            fmt::format("with {} bytes of data the checksum is {:04x}", size,
                        number_at(with_checksum(icmp, 2), 2)),
            fmt::format("it is {:04x}", number_at(icmp, 2)));
  }
}

TEST_CASE("the checksum is right, also where adding the carries carries again" * rule("S3") * todo(2) *
          points(2)) {
  // Whatever the identifier and the data are: over all sequence numbers the sum takes nearly every value, so
  // that some carry twice. The receiving kernel counts the packets that are wrong.
  Room room(with_raw_sockets());
  room.requires_namespaces("raw sockets need a network of the room's own");
  const auto pinger = room.start({"pinger", "127.0.0.1", "65535", "0", "56"});
  pinger.must_exit(1);
  const auto lines = lines_of(pinger.output());
  must_be(lines.empty() ? "" : lines.back(), "65535 sent, 0 received, 100% lost");
  room.settles();
  if (counted(room, "Icmp", "InEchos") == 0)
    fails(cause::kMechanismNotUsed, "echo requests arrive", "none did");
  if (const long wrong = counted(room, "Icmp", "InCsumErrors"); wrong > 0)
    fails(cause::kWrongOutput, "of 65535 requests all have a right checksum",
          fmt::format("{} have a wrong one", wrong),
          "When the bits above the lower 16 are added to them, the sum may have more than 16 bits again.");
}
