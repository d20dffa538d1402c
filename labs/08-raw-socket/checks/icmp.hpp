// ICMP packets as the checks read and forge them (RFC 791, 792, 1071).
#pragma once

#include <netinet/in.h>

#include <string>

#include "check/network.hpp"

using namespace ipclab;
using namespace ipclab::check;

constexpr unsigned kEchoReply = 0, kUnreachable = 3, kEchoRequest = 8;

inline unsigned byte_at(const std::string& bytes, std::size_t place) {
  return place < bytes.size() ? static_cast<unsigned char>(bytes[place]) : 0;
}

inline unsigned number_at(const std::string& bytes, std::size_t place) {
  return byte_at(bytes, place) << 8 | byte_at(bytes, place + 1);
}

inline void put_number(std::string& bytes, std::size_t place, unsigned number) {
  bytes.at(place) = static_cast<char>(number >> 8);
  bytes.at(place + 1) = static_cast<char>(number & 0xff);
}

/// RFC 1071.
inline unsigned checksum(const std::string& bytes) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) sum += number_at(bytes, i);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

inline std::string with_checksum(std::string bytes, std::size_t place) {
  put_number(bytes, place, 0);
  put_number(bytes, place, checksum(bytes));
  return bytes;
}

/// What a forger can change in the reply to a request.
struct Forgery {
  unsigned type = kEchoReply, code = 0;
  int id_off = 0, sequence_off = 0, sum_off = 0;
  bool without_sum = false;     // 0 in its place, which in UDP means that there is none
  bool without_data = false;    // the header alone
  unsigned last_of_source = 2;  // of 192.0.2.x
  unsigned options = 0;         // 4-byte words of IP options
  unsigned ttl = 64;
};

/// The IPv4 packet that answers `request`, changed as asked for: everything else, and all that the kernel
/// looks at, is right.
inline std::string answer_to(const Packet& request, const Forgery& forged = {}) {
  std::string icmp = request.payload();
  icmp.at(0) = static_cast<char>(forged.type);
  icmp.at(1) = static_cast<char>(forged.code);
  put_number(icmp, 4, (number_at(icmp, 4) + static_cast<unsigned>(forged.id_off)) & 0xffff);
  put_number(icmp, 6, (number_at(icmp, 6) + static_cast<unsigned>(forged.sequence_off)) & 0xffff);
  if (forged.without_data) icmp.resize(8);
  icmp = with_checksum(icmp, 2);
  put_number(icmp, 2, (number_at(icmp, 2) + static_cast<unsigned>(forged.sum_off)) & 0xffff);
  if (forged.without_sum) put_number(icmp, 2, number_at(icmp, 2) == 0);  // once in 65536 times 0 is right
  std::string ip(20, '\0');
  ip += std::string(forged.options * 4, '\1');  // "no operation"
  ip[0] = static_cast<char>(0x45 + forged.options);
  put_number(ip, 2, static_cast<unsigned>(ip.size() + icmp.size()));
  ip[8] = static_cast<char>(forged.ttl);
  ip[9] = IPPROTO_ICMP;
  const char source[] = {static_cast<char>(192), 0, 2, static_cast<char>(forged.last_of_source)};
  const char destination[] = {static_cast<char>(192), 0, 2, 1};
  ip.replace(12, 4, source, 4).replace(16, 4, destination, 4);
  return with_checksum(ip, 10) + icmp;
}
