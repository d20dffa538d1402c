// Lab 06-tcp: the server, with a process for each client. The values are in the first one; the others ask it
// through a pair of sockets, one request at a time.

#include "server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

constexpr int kBacklog = 128;

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

bool all_of(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

ssize_t some(int fd, std::string& to) {
  char b[30000];
  for (;;) {
    const ssize_t n = ::recv(fd, b, sizeof b, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n > 0) to.append(b, static_cast<std::size_t>(n));
    return n;
  }
}

/// In the child: a request at a time to the parent, its answer to the client.
void look_after(int client, int parent) {
  std::string heard, answer;
  for (bool listens = true; some(client, heard) > 0;)
    for (std::size_t nl; (nl = heard.find('\n')) != std::string::npos; heard.erase(0, nl + 1)) {
      if (!all_of(parent, std::string_view(heard).substr(0, nl + 1))) return;
      for (answer.clear(); answer.empty() || answer.back() != '\n';)
        if (some(parent, answer) <= 0) return;
      listens = listens && all_of(client, answer);
    }
}

struct Child {
  pid_t pid;
  Fd line;
  std::string heard;
};
}  // namespace

Fd listen_on(std::uint16_t port) {
  Fd door(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (door.get() < 0) fail("socket");
  const int yes = 1;
  if (::setsockopt(door.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0) fail("setsockopt");
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_ANY);
  own.sin_port = htons(port);
  if (::bind(door.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) fail("bind");
  if (::listen(door.get(), kBacklog) != 0) fail("listen");
  return door;
}

void serve(const Fd& door) {
  Store store;
  std::vector<Child> children;
  for (;;) {
    std::vector<pollfd> p{{door.get(), POLLIN, 0}};
    for (const Child& c : children) p.push_back({c.line.get(), POLLIN, 0});
    if (::poll(p.data(), p.size(), -1) < 0) {
      if (errno == EINTR) continue;
      fail("poll");
    }
    for (std::size_t i = children.size(); i-- > 0;) {
      if (!p[i + 1].revents) continue;
      Child& c = children[i];
      const ssize_t n = some(c.line.get(), c.heard);
      if (n > 0 && c.heard.back() == '\n') {
        c.heard.pop_back();
        all_of(c.line.get(), store.answer(std::exchange(c.heard, "")) + "\n");
      } else if (n <= 0) {
        while (::waitpid(c.pid, nullptr, 0) < 0 && errno == EINTR) {
        }
        children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    if (!p[0].revents) continue;
    const Fd client(::accept4(door.get(), nullptr, nullptr, SOCK_CLOEXEC));
    int pair[2];
    if (client.get() < 0 || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) continue;
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::close(pair[0]);
      children.clear();
      ::close(door.get());
      look_after(client.get(), pair[1]);
      ::_exit(0);
    }
    ::close(pair[1]);
    children.push_back({pid, Fd(pair[0]), ""});
  }
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
