// Lab 06-tcp: a key-value server. The contract: given, not to be changed.
//
// A request is a line, "set KEY VALUE", "get KEY" or "delete KEY"; so is its answer. A client may send any
// number of requests before it reads the first answer; the answers come in the order of the requests.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

/// Owns a descriptor: closes it.
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

/// What the server knows. Given.
class Store {
 public:
  /// The answer to a request (both without '\n'): "ok", "value VALUE", "none", or "error …".
  std::string answer(const std::string& request);

 private:
  std::map<std::string, std::string> values_;
};

/// A client, as the server sees it.
struct Client {
  Fd socket;            // non-blocking: no call on it sleeps
  std::string input;    // what has come of a request that is not complete yet
  std::string output;   // answers, or the rest of one, that have yet to be sent
  bool ended = false;   // it sends no more; it may still want its answers
  bool broken = false;  // nothing can be sent or received any more
};

/// A socket that listens on this port, at all addresses of the machine (IPv4). Throws std::system_error with
/// the errno of the call that failed; EADDRINUSE: a server has the port.
Fd listen_on(std::uint16_t port);

/// The client who has waited longest to be accepted, or nothing when there is none (any more). Given.
std::optional<Client> accept_from(const Fd& door);

/// Takes what has come from this client, if anything has, and puts the answers to all requests that are
/// complete now into its output. Never sleeps.
void receive_from(Client& client, Store& store);

/// Sends as much of the client's output as can be sent now. Never sleeps.
void send_to(Client& client);

/// Serves all clients, for ever.
[[noreturn]] void serve(const Fd& door);
