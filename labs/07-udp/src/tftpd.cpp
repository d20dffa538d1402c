// Lab 07-udp: a TFTP server that files can be read from (RFC 1350).
//
// The threads: the main one takes requests from the server's port, for ever; each request that it accepts
// becomes a thread, which owns the file and a UDP socket of its own. That socket's port is the transfer's
// identity (RFC 1350, 4.: TID): whoever writes to it speaks of this transfer. How it ends: a transfer ends
// with the acknowledgement of its last block, with an ERROR from its client, or when nobody has answered for
// too long. Its thread closes both descriptors and is gone. The server itself ends by a signal.

#include "tftpd.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

#include "ipclab/not_done.hpp"

namespace {

using ipclab::not_done;
using Clock = std::chrono::steady_clock;

constexpr Clock::time_point kNever = Clock::time_point::max();
constexpr std::size_t kBlockSize = 512;
constexpr int kTries = 5;  // how often a block is sent before the client counts as gone

enum Opcode : std::uint16_t { kRead = 1, kWrite = 2, kData = 3, kAcknowledgement = 4, kError = 5 };
enum ErrorCode : std::uint16_t { kNotFound = 1, kAccess = 2, kIllegal = 4, kUnknownTransfer = 5 };

struct Datagram {
  sockaddr_in from{};
  std::string bytes;
};

/// What the client is told, and the end of its transfer.
struct Refusal {
  ErrorCode code;
  const char* message;
};

/// An owned descriptor.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) : fd_(other.fd_) { other.fd_ = -1; }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// --- bytes on the wire: all numbers are two bytes, the high one first (RFC 1350, 5.)

std::string two_bytes(unsigned number) {
  return {static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
}

/// The number at `place`; -1 where the datagram is too short to have one.
int number_at(const std::string& bytes, std::size_t place) {
  if (bytes.size() < place + 2) return -1;
  return static_cast<unsigned char>(bytes[place]) << 8 | static_cast<unsigned char>(bytes[place + 1]);
}

bool same(const sockaddr_in& a, const sockaddr_in& b) {
  return a.sin_addr.s_addr == b.sin_addr.s_addr && a.sin_port == b.sin_port;
}

void send_to(int socket, const sockaddr_in& to, const std::string& packet) {
  while (::sendto(socket, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                  sizeof to) < 0 &&
         errno == EINTR) {
  }  // any other failure is like a loss on the way: the time-out deals with it
}

void send_error(int socket, const sockaddr_in& to, const Refusal& refusal) {
  send_to(socket, to, two_bytes(kError) + two_bytes(refusal.code) + refusal.message + '\0');
}

/// Waits for a datagram until the deadline, or for ever when that is kNever. Nothing: there was none in time.
std::optional<Datagram> receive([[maybe_unused]] int socket, [[maybe_unused]] Clock::time_point deadline) {
  Datagram datagram;
  datagram.bytes.resize(65536);
  // TODO(1): Sleep until a datagram is there or the deadline has come; then take it: whole, and with its
  // sender's address in datagram.from. datagram.bytes becomes exactly what was sent. A signal that interrupts
  // a call (EINTR) changes nothing, the deadline neither.
  not_done(1);
  // END(1)
}

/// The file to be sent. Throws the Refusal that its client is to be given.
Fd open_file([[maybe_unused]] int directory, [[maybe_unused]] const std::string& name) {
  // TODO(2): Open the regular file `name` of the directory, for reading. No name may lead out of the
  // directory: not an absolute one, not one with "..", not a symbolic link. Throw Refusal{kNotFound, …} where
  // there is no such file, Refusal{kAccess, …} for what is outside, is no regular file, or may not be read.
  not_done(2);
  // END(2)
}

/// The next bytes of the file: as many as a block holds, fewer only at its end.
[[maybe_unused]] std::string next_block(int file) {
  std::string block(kBlockSize, '\0');
  std::size_t filled = 0;
  while (filled < block.size()) {
    const ssize_t n = ::read(file, block.data() + filled, block.size() - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw Refusal{kAccess, "the file cannot be read"};
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  block.resize(filled);
  return block;
}

class Transfer {
 public:
  Transfer(const sockaddr_in& client, std::chrono::milliseconds time_out)
      : client_(client), time_out_(time_out), socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

  void run(int directory, const std::string& name) try {
    if (socket_.get() < 0) return;  // nothing to say it with
    const Fd file = open_file(directory, name);
    send_file(file.get());
  } catch (const Refusal& refusal) {
    send_error(socket_.get(), client_, refusal);
  }

 private:
  enum class Answer { acknowledged, over, none, ignored };

  void send_file([[maybe_unused]] int file) {
    // TODO(3): Send the file in DATA packets of kBlockSize bytes, numbered from 1; the last one is the first
    // that is shorter. Each block goes on its way, and again whenever there is no answer() to it in time,
    // kTries times in all; then the client counts as gone. Only an acknowledged block is followed by the
    // next.
    not_done(3);
    // END(3)
  }

  /// Waits for what the client says to this block; `none` when the time-out has come.
  Answer answer_to(int block) {
    const auto deadline = Clock::now() + time_out_;
    while (const auto datagram = receive(socket_.get(), deadline)) {
      const int opcode = number_at(datagram->bytes, 0), number = number_at(datagram->bytes, 2);
      const bool expected = same(datagram->from, client_) && opcode == kAcknowledgement && number == block;
      const Answer answer = expected ? Answer::acknowledged : other(*datagram, opcode);
      if (answer != Answer::ignored) return answer;
    }
    return Answer::none;
  }

  /// What to make of any other datagram that has come to this transfer's port: `over` ends the transfer,
  /// `none` has the block sent again at once, `ignored` goes on waiting for the rest of the time.
  Answer other([[maybe_unused]] const Datagram& datagram, [[maybe_unused]] int opcode) {
    // TODO(4): Whoever is not the client is told kUnknownTransfer, unless what it sent is an ERROR itself;
    // the transfer is not touched by it. The client's ERROR ends the transfer. All else is nothing to act on:
    // old acknowledgements, which a network may double and delay, above all.
    not_done(4);
    // END(4)
  }

  const sockaddr_in client_;
  const std::chrono::milliseconds time_out_;
  const Fd socket_;
};

/// The file's name, of a request that is one. Throws Refusal.
std::string name_in(const std::string& request) {
  constexpr Refusal kNoRequest{kIllegal, "illegal TFTP operation"};
  if (number_at(request, 0) != kRead) throw kNoRequest;
  const std::size_t name_end = request.find('\0', 2);
  if (name_end == std::string::npos || name_end == 2) throw kNoRequest;
  const std::size_t mode_end = request.find('\0', name_end + 1);
  if (mode_end == std::string::npos) throw kNoRequest;
  const std::string mode = request.substr(name_end + 1, mode_end - name_end - 1);
  if (::strcasecmp(mode.c_str(), "octet") != 0) throw kNoRequest;
  return request.substr(2, name_end - 2);  // options may follow (RFC 2347): a server may ignore them
}

}  // namespace

void serve(int socket, int directory, std::chrono::milliseconds time_out) {
  for (;;) {
    const auto request = receive(socket, kNever);
    if (!request || number_at(request->bytes, 0) == kError) continue;
    try {
      std::thread([client = request->from, name = name_in(request->bytes), directory, time_out] {
        Transfer(client, time_out).run(directory, name);
      }).detach();
    } catch (const Refusal& refusal) {
      send_error(socket, request->from, refusal);
    } catch (const std::system_error&) {
      send_error(socket, request->from, {ErrorCode{0}, "too many transfers"});
    }
  }
}
