// Lab 06-tcp: the server. One thread looks after all clients; the only call in which it sleeps is the one
// that waits until anything can be done for any of them.

#include "server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "ipclab/not_done.hpp"

using ipclab::not_done;

namespace {

[[maybe_unused]] constexpr int kBacklog = 128;

[[maybe_unused, noreturn]] void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

}  // namespace

Fd listen_on([[maybe_unused]] std::uint16_t port) {
  // TODO(1): Make a TCP socket, bind it to this port at all addresses (INADDR_ANY), and listen (kBacklog). A
  // server that was just ended must be able to start again at once: SO_REUSEADDR, before bind.
  Fd door(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (door.get() < 0) fail("socket");
  const int on = 1;
  if (::setsockopt(door.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) fail("setsockopt");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (::bind(door.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (::listen(door.get(), kBacklog) != 0) fail("listen");
  return door;
  // END(1)
}

std::optional<Client> accept_from(const Fd& door) {
  Client client;
  client.socket = Fd(::accept4(door.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  // The one who was there may have left again; a signal may have come. The next look will tell.
  if (client.socket.get() < 0) return std::nullopt;
  return client;
}

void serve([[maybe_unused]] const Fd& door) {
  [[maybe_unused]] Store store;
  [[maybe_unused]] std::vector<Client> clients;
  // TODO(2): For ever: sleep in poll() until somebody connects, a client has sent something, or a client can
  // take more of its output; ask only for what you would act on. Receive from those who have sent, send to
  // those who have output, let go of those who are broken, or who have ended and have all their answers;
  // accept who has connected.
  for (;;) {
    std::vector<pollfd> polled{{door.get(), POLLIN, 0}};
    for (const Client& client : clients) {
      const int input = client.ended ? 0 : POLLIN, output = client.output.empty() ? 0 : POLLOUT;
      polled.push_back({client.socket.get(), static_cast<short>(input | output), 0});
    }
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (polled[i + 1].revents && !clients[i].ended) receive_from(clients[i], store);
      if (!clients[i].output.empty()) send_to(clients[i]);
    }
    std::erase_if(clients, [](const Client& c) { return c.broken || (c.ended && c.output.empty()); });
    if (auto client = accept_from(door)) clients.push_back(std::move(*client));
  }
  // END(2)
}

void receive_from([[maybe_unused]] Client& client, [[maybe_unused]] Store& store) {
  // TODO(3): Receive once. Put what has come behind the client's input, and the answer of the store to every
  // complete request in it, with a '\n', behind its output. Tell apart: the end, nothing there, interrupted,
  // and broken.
  char piece[16384];
  const ssize_t size = ::recv(client.socket.get(), piece, sizeof piece, 0);
  if (size < 0) client.broken = errno != EAGAIN && errno != EINTR;
  if (size == 0) client.ended = true;
  if (size <= 0) return;
  client.input.append(piece, static_cast<std::size_t>(size));
  std::size_t begin = 0;
  for (std::size_t end; (end = client.input.find('\n', begin)) != std::string::npos; begin = end + 1)
    client.output += store.answer(client.input.substr(begin, end - begin)) + "\n";
  client.input.erase(0, begin);
  // END(3)
}

void send_to([[maybe_unused]] Client& client) {
  // TODO(4): Send the output, and keep what was not taken for later. That the client has left is no reason to
  // end, and no signal comes: forget the output. What it has sent before it left can still be received.
  const ssize_t taken = ::send(client.socket.get(), client.output.data(), client.output.size(), MSG_NOSIGNAL);
  if (taken >= 0) client.output.erase(0, static_cast<std::size_t>(taken));
  else if (errno != EAGAIN && errno != EINTR) client.output.clear();
  // END(4)
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
