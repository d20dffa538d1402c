// A client of the learner's server, played by the check: it can be late, silent, doubled or somebody else.
#pragma once

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "check/network.hpp"
#include "packets.hpp"
#include "server.hpp"

/// A client of which every datagram is written by hand.
class Client {
 public:
  Client(Room& room, const Server& server) : room_(room), server_(server), socket_(room) {}

  std::uint16_t transfer() const { return transfer_; }  // the port that its blocks come from
  const Datagrams& socket() const { return socket_; }
  std::chrono::nanoseconds given() const { return given_; }  // the last block, to the server's kernel

  void sends_to_server(const std::string& packet) const { socket_.sends(packet, server_.port()); }
  void asks_for(const std::string& name, const std::string& mode = "octet", const std::string& options = "") {
    sends_to_server(request(name, mode) + options);
    transfer_ = 0;
  }
  void acknowledges(unsigned block) const { socket_.sends(acknowledgement(block), transfer_); }
  void sends(const std::string& packet) const { socket_.sends(packet, transfer_); }

  /// With `from`, from this port and no other.
  void must_get_error(unsigned code, const std::string& after_what, std::uint16_t from = 0) {
    const Datagram got = next(fmt::format("{} is answered with ERROR {}", after_what, code));
    const bool whole = got.bytes.size() >= 5 && got.bytes.back() == '\0';
    if (number_at(got.bytes, 0) == kError && number_at(got.bytes, 2) == code && whole) {
      if (from == 0 || got.port == from) return;
      fails(cause::kWrongAnswer, fmt::format("{} is answered from the port that it was sent to", after_what),
            "the answer comes from another, and whoever gets it cannot tell what it belongs to");
    }
    if (got.port != server_.port()) socket_.sends(error_packet(0), got.port);  // it need not wait for us
    fails(cause::kWrongAnswer,
          fmt::format("{} is answered with ERROR {} and a message that ends with a zero byte", after_what,
                      code),
          "the answer is " + words_for(got.bytes));
  }

  /// The next datagram is this block. With `again`, those before it may be copies of the one before.
  void must_get(unsigned block, const std::string& data, bool again = false) {
    const std::string wanted = data_packet(block, data);
    const std::string expected = words_for(wanted) + " comes";
    Datagram got = next(expected);
    while (again && got.bytes == last_ && got.bytes != wanted) got = next(expected);
    if (got.bytes != wanted)
      fails(cause::kWrongAnswer, expected + ", as in the file",
            words_for(got.bytes) == words_for(wanted) ? "the block is there, but its bytes are not the file's"
                                                      : words_for(got.bytes) + " came");
    if (got.port == server_.port())
      fails(cause::kWrongAnswer, "a transfer has a port of its own", "a block came from the server's port");
    if (transfer_ != 0 && got.port != transfer_)
      fails(cause::kWrongAnswer, "all blocks of a transfer come from one port",
            words_for(got.bytes) + " came from another");
    transfer_ = got.port;
    last_ = got.bytes;
    given_ = got.given;
  }

  /// All of the file, from its first block, and nothing behind it.
  void must_get_file(const std::string& bytes, bool again = false) {
    unsigned block = 0;
    for (const std::string& data : blocks_of(bytes)) {
      must_get(++block, data, again);
      acknowledges(block);
    }
  }

  /// The same, of a file that is too long to look at the server after each block. Acknowledgements run ahead
  /// of the blocks, so that the server finds the next one waiting; should it throw those away that come too
  /// early, they go block by block from there on.
  void must_get_long_file(const std::string& bytes);

  void must_hear_nothing(const std::string& expected) const {
    room_.settles();
    if (const auto got = socket_.received())
      fails(cause::kWrongAnswer, expected, words_for(got->bytes) + " came");
  }

 private:
  /// Where the time-out is long, nothing that is due waits for it.
  Datagram next(const std::string& expected) const {
    return server_.is_patient() ? socket_.receives_at_once(expected) : socket_.receives(expected);
  }

  /// The next block that comes within a moment; 0: none. Fails when it is not what the file has there.
  unsigned takes_block(const std::string& bytes) const;

  Room& room_;
  const Server& server_;
  Datagrams socket_;
  std::uint16_t transfer_ = 0;
  std::string last_;
  std::chrono::nanoseconds given_{};
};

inline unsigned Client::takes_block(const std::string& bytes) const {
  constexpr int kMoment = 50;  // milliseconds
  char packet[4 + kBlockSize + 1];
  ssize_t size = 0;
  pollfd polled{socket_.descriptor(), POLLIN, 0};
  while ((size = ::recv(socket_.descriptor(), packet, sizeof packet, 0)) < 0)
    if (::poll(&polled, 1, kMoment) == 0) return 0;
  const std::string got(packet, static_cast<std::size_t>(size));
  const unsigned block = number_at(got, 2);
  const auto at = (static_cast<std::size_t>(block) - 1) * kBlockSize;
  if (number_at(got, 0) != kData || at > bytes.size() || bytes.compare(at, kBlockSize, got, 4, got.npos) != 0)
    fails(cause::kWrongAnswer, "blocks come as they are in the file",
          words_for(got) + " came, and is another");
  return block;
}

inline void Client::must_get_long_file(const std::string& bytes) {
  const auto blocks = static_cast<unsigned>(bytes.size() / kBlockSize + 1);
  must_get(1, bytes.substr(0, kBlockSize));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(transfer_);
  const auto acknowledge = [&](unsigned block) {
    const std::string packet = acknowledgement(block);
    ::sendto(socket_.descriptor(), packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to),
             sizeof to);
  };
  unsigned ahead = 48;  // as many wait in the server's socket
  int pauses = 0;
  for (unsigned last = 1, acknowledged = 0; last < blocks;) {
    for (; acknowledged < std::min(last + ahead, blocks - 1); ++acknowledged) acknowledge(acknowledged + 1);
    const unsigned block = takes_block(bytes);
    if (block == last + 1) ++last;
    else if (block > last)
      fails(cause::kWrongAnswer, "a block follows the one before it", "one was left out");
    if (block != 0) continue;
    if (ahead == 0) {
      must_get(last + 1, bytes.substr(last * kBlockSize, kBlockSize));
      ++last;
    }
    acknowledge(last);
    if (++pauses < 8) continue;
    ahead = 0;
    acknowledged = last;
  }
  acknowledge(blocks);
}
