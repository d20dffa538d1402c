// TFTP's packets (RFC 1350) as the checks write and read them.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <vector>

constexpr std::size_t kBlockSize = 512;

enum Opcode : unsigned { kRead = 1, kWrite = 2, kData = 3, kAcknowledgement = 4, kError = 5 };

inline std::string two_bytes(unsigned number) {
  return {static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
}

inline std::string request(const std::string& name, const std::string& mode = "octet",
                           unsigned opcode = kRead) {
  return two_bytes(opcode) + name + '\0' + mode + '\0';
}

inline std::string data_packet(unsigned block, const std::string& data) {
  return two_bytes(kData) + two_bytes(block) + data;
}

inline std::string acknowledgement(unsigned block) { return two_bytes(kAcknowledgement) + two_bytes(block); }

inline std::string error_packet(unsigned code) {
  return two_bytes(kError) + two_bytes(code) + "check" + '\0';
}

inline unsigned number_at(const std::string& packet, std::size_t place) {
  if (packet.size() < place + 2) return ~0u;
  return static_cast<unsigned>(static_cast<unsigned char>(packet[place]) << 8 |
                               static_cast<unsigned char>(packet[place + 1]));
}

/// As a person says it: "DATA block 3, 512 bytes".
inline std::string words_for(const std::string& packet) {
  const unsigned opcode = number_at(packet, 0), number = number_at(packet, 2);
  if (packet.size() < 4) return fmt::format("{} bytes, which no packet is", packet.size());
  if (opcode == kData) return fmt::format("DATA block {}, {} bytes", number, packet.size() - 4);
  if (opcode == kAcknowledgement) return fmt::format("ACK {}", number);
  if (opcode == kError) return fmt::format("ERROR {}", number);
  return fmt::format("a packet of opcode {}", opcode);
}

inline std::vector<std::string> blocks_of(const std::string& bytes) {
  std::vector<std::string> blocks;
  for (std::size_t at = 0; at <= bytes.size(); at += kBlockSize)
    blocks.push_back(bytes.substr(at, kBlockSize));
  return blocks;
}
