// Lab 06-tcp: the server, with epoll. One thread looks after all clients; the only call in which it sleeps is
// the one that waits until anything can be done for any of them.

#include "server.hpp"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace {

constexpr int kBacklog = 128;

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

}  // namespace

Fd listen_on(std::uint16_t port) {
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

namespace {

/// Edge-triggered: told only of changes, so it takes and sends until nothing is left to do.
class Loop {
 public:
  explicit Loop(const Fd& door) : door_(door), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_.get() < 0) fail("epoll_create1");
    watch(door.get(), EPOLLIN);
  }

  void turn() {
    epoll_event events[16];
    const int count = ::epoll_wait(epoll_.get(), events, 16, -1);
    for (int i = 0; i < count; ++i)
      if (events[i].data.fd == door_.get()) welcome();
      else attend(events[i].data.fd);
  }

 private:
  void watch(int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
  }

  void welcome() {
    while (auto client = accept_from(door_)) {
      const int fd = client->socket.get();
      clients_.emplace(fd, std::move(*client));
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLET);
    }
  }

  void attend(int fd) {
    Client& client = clients_.at(fd);
    receive_from(client, store_);
    send_to(client);
    if (client.broken || (client.ended && client.output.empty())) clients_.erase(fd);
  }

  const Fd& door_;
  Fd epoll_;
  Store store_;
  std::map<int, Client> clients_;
};

}  // namespace

void serve(const Fd& door) {
  for (Loop loop(door);;) loop.turn();
}

void receive_from(Client& client, Store& store) {
  char piece[1000];
  while (!client.ended) {
    iovec part{piece, sizeof piece};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const ssize_t size = ::recvmsg(client.socket.get(), &message, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) break;
    client.broken = size < 0;
    client.ended = size <= 0;
    if (size > 0) client.input.append(piece, static_cast<std::size_t>(size));
  }
  std::size_t begin = 0;
  for (std::size_t end; (end = client.input.find('\n', begin)) != std::string::npos; begin = end + 1)
    client.output.append(store.answer(client.input.substr(begin, end - begin))).append(1, '\n');
  client.input.erase(0, begin);
}

void send_to(Client& client) {
  std::string_view rest = client.output;
  while (!rest.empty() && !client.broken) {
    iovec part{const_cast<char*>(rest.data()), rest.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const ssize_t taken = ::sendmsg(client.socket.get(), &message, MSG_NOSIGNAL);
    if (taken >= 0) rest.remove_prefix(static_cast<std::size_t>(taken));
    else if (errno == EAGAIN) break;
    else client.broken = errno != EINTR;
  }
  client.output.erase(0, client.output.size() - rest.size());
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
