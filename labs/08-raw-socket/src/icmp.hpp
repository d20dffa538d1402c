// The contract of lab 08-raw-socket: echo requests and replies of ICMP (RFC 792) over a raw socket (raw(7)).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

using Clock = std::chrono::steady_clock;

/// A raw socket for ICMP over IPv4. The descriptor is the caller's. Throws std::system_error with the errno
/// of the call that failed: EPERM without the capability CAP_NET_RAW.
int open_raw_socket();

/// The Internet checksum of RFC 1071 over all of `bytes`, of which there may be an odd number. Where the
/// checksum's own two bytes are 0 it is what belongs there; where they are right it is 0.
std::uint16_t checksum(const std::string& bytes);

/// The next packet that comes to the socket before the deadline, from its IP header to its end; nothing when
/// there is none. Asleep meanwhile. A signal that interrupts it changes nothing.
std::optional<std::string> receive(int socket, Clock::time_point deadline);

/// What a reply is an answer to. `host` is an address as in in_addr: four bytes, the first one first in
/// memory.
struct Question {
  std::uint32_t host = 0;
  std::uint16_t id = 0, sequence = 0;
};

/// The time to live that the packet came with, when it is the whole and undamaged reply to this question.
std::optional<int> ttl_of_reply(const std::string& packet, const Question& question);
