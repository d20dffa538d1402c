// Lab 05-unix-socket: a desk that people of the same machine come to. The contract: given, not to be changed.
//
// A name is a file ("desk", "/tmp/desk"), or with an "@" in front an abstract name ("@desk"), which is in no
// directory. Every function that fails throws std::system_error with the errno of the call that failed, and
// has then nothing open that was not open before. A call that a signal has interrupted (EINTR) has not
// failed.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Owns a descriptor, of a socket or of a file: closes it.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

/// An address as bind() and connect() want it: the structure and how many bytes of it count.
struct Address {
  sockaddr_un bytes{};
  socklen_t size = 0;
};
Address address_of(const std::string& name);
bool is_abstract(const std::string& name);

/// A socket of this name. SOCK_STREAM: it listens. SOCK_DGRAM: datagrams to this name come to it. EADDRINUSE:
/// somebody has the name already, or it is a file that is no socket. A socket file that nobody has open is
/// replaced.
Fd open_at(const std::string& name, int type);
/// A stream to who listens under this name.
Fd connect_to(const std::string& name);

/// Sends all of it, on a stream. EPIPE: the other side has closed.
void send_all(const Fd& socket, std::string_view bytes);

/// One side of a stream that carries lines.
struct Connection {
  Fd socket;
  std::string unread;  // what has come of a line that is not complete yet
  bool ended = false;  // the other side has closed, and all it had sent has been taken
};
Connection accept_at(const Fd& door);

/// Sleeps until something has come, or the end, and takes what is there. Returns the lines that are now
/// complete, oldest first, without their '\n': maybe none.
std::vector<std::string> take_lines(Connection& connection);

/// What a datagram carries: a text, and perhaps an open file.
struct Parcel {
  std::string text;
  std::optional<Fd> file;
};
inline constexpr std::size_t kMostText = 4096;

/// To the datagram socket of this name, with any number of files. Sleeps while the receiver's queue is full.
void send_parcel(const std::string& name, std::string_view text, const std::vector<Fd>& files);
/// Sleeps until there is one. EMSGSIZE: its text was longer than kMostText. EBADMSG: it had more than one
/// file. Such a parcel is gone, and nothing of it is left open.
Parcel receive_parcel(const Fd& box);

/// Who has connected: "PID UID GID".
std::string peer_of(const Fd& socket);

/// Serves any number of clients at once until `clients` of them have come and gone: the line "who" is
/// answered with who asks, any other with its letters from back to front. Returns how many lines there were.
int serve(const Fd& door, int clients);
