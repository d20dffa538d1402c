// Lab 08-raw-socket: what ping does below its output.

#include "icmp.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

#include "ipclab/not_done.hpp"

namespace {

using ipclab::not_done;

constexpr std::size_t kLongestPacket = 65535;

[[maybe_unused]] [[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// The byte at `place`, from 0 to 255.
[[maybe_unused]] unsigned byte_at(const std::string& bytes, std::size_t place) {
  return static_cast<unsigned char>(bytes.at(place));
}

/// The two bytes at `place` as a number: the high one comes first.
[[maybe_unused]] unsigned number_at(const std::string& bytes, std::size_t place) {
  return byte_at(bytes, place) << 8 | byte_at(bytes, place + 1);
}

}  // namespace

int open_raw_socket() {
  // TODO(1): A socket that sends and receives ICMP itself, not data for a port: which type, which protocol?
  // Close-on-exec. Throw with throw_errno() when the kernel gives none.
  not_done(1);
  // END(1)
}

std::uint16_t checksum([[maybe_unused]] const std::string& bytes) {
  // TODO(2): RFC 1071: add up all 16-bit numbers of the bytes; a last byte alone counts as if a zero byte
  // followed it. Add what is above 16 bits to what is below until nothing is above. The checksum is the
  // complement.
  not_done(2);
  // END(2)
}

std::optional<std::string> receive([[maybe_unused]] int socket, [[maybe_unused]] Clock::time_point deadline) {
  std::string packet(kLongestPacket, '\0');
  // TODO(3): Sleep until a packet is there or the deadline has come. `packet` becomes exactly what has come.
  // EINTR, and packets that turn out not to be there, change nothing; the deadline stays where it is.
  not_done(3);
  // END(3)
}

std::optional<int> ttl_of_reply([[maybe_unused]] const std::string& packet,
                                [[maybe_unused]] const Question& question) {
  constexpr std::size_t kLeastIp = 20, kIcmp = 8;  // bytes of the headers; an IP header may be longer
  if (packet.size() < kLeastIp + kIcmp) return std::nullopt;
  [[maybe_unused]] const auto ttl = static_cast<int>(byte_at(packet, 8));
  [[maybe_unused]] std::uint32_t source = 0;
  std::memcpy(&source, packet.data() + 12, sizeof source);
  // TODO(4): Every ICMP packet that this host receives comes here. Return `ttl` if this one is an echo reply
  // (type 0, code 0) from question.host with the question's identifier and sequence number, and its checksum
  // is right; else nothing. The low half of the first byte is the IP header's length in units of 4 bytes.
  not_done(4);
  // END(4)
}
