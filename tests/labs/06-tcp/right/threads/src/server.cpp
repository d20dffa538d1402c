// Lab 06-tcp: the server, with a thread for each client. Every call may sleep: only that client's thread
// does.

#include "server.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>

namespace {

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

std::mutex store_lock;

}  // namespace

Fd listen_on(std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_INET6;  // dual-stack: IPv4 clients come as ::ffff:a.b.c.d
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(nullptr, std::to_string(port).c_str(), &hints, &found) != 0)
    throw std::runtime_error("getaddrinfo");
  Fd door(::socket(found->ai_family, found->ai_socktype, 0));
  if (door.get() < 0) fail("socket");
  const int yes = 1, no = 0;
  ::setsockopt(door.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::setsockopt(door.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  const int bound = ::bind(door.get(), found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  if (bound != 0) fail("bind");
  if (::listen(door.get(), SOMAXCONN) != 0) fail("listen");
  return door;
}

std::optional<Client> accept_from(const Fd& door) {
  Client client;
  client.socket = Fd(::accept(door.get(), nullptr, nullptr));
  if (client.socket.get() < 0) return std::nullopt;
  return client;
}

void serve(const Fd& door) {
  ::signal(SIGPIPE, SIG_IGN);
  Store store;
  for (;;) {
    auto client = accept_from(door);
    if (!client) continue;
    std::thread([&store, client = std::move(*client)]() mutable {
      while (!client.ended && !client.broken) {
        receive_from(client, store);
        send_to(client);
      }
    }).detach();
  }
}

void receive_from(Client& client, Store& store) {
  char piece[4096];
  const ssize_t size = ::read(client.socket.get(), piece, sizeof piece);
  if (size < 0) {
    client.broken = errno != EINTR;
    return;
  }
  client.ended = size == 0;
  for (const char* at = piece; at != piece + size; ++at) {
    if (*at != '\n') {
      client.input += *at;
      continue;
    }
    const std::lock_guard guard(store_lock);
    client.output += store.answer(std::exchange(client.input, {}));
    client.output += '\n';
  }
}

void send_to(Client& client) {
  for (std::size_t done = 0; done < client.output.size();) {
    const ssize_t taken = ::write(client.socket.get(), &client.output[done], client.output.size() - done);
    if (taken > 0) done += static_cast<std::size_t>(taken);
    else if (errno != EINTR) {
      client.broken = true;
      return;
    }
  }
  client.output.clear();
}

// What the server knows.

std::string Store::answer(const std::string& request) {
  const auto space = request.find(' ');
  const std::string verb = request.substr(0, space);
  const std::string rest = space == std::string::npos ? "" : request.substr(space + 1);
  if (verb == "get") {
    const auto found = values_.find(rest);
    return found == values_.end() ? "none" : "value " + found->second;
  }
  if (verb == "delete") return values_.erase(rest) ? "ok" : "none";
  if (const auto end = rest.find(' '); verb == "set" && end != std::string::npos) {
    values_[rest.substr(0, end)] = rest.substr(end + 1);
    return "ok";
  }
  return "error there are: set KEY VALUE, get KEY, delete KEY";
}
