// talk: any number of TCP connections, by hand; each has a name that you give it. Given: the checks talk to
// your server with it, and so can you.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

#include "ipclab/console.hpp"
#include "server.hpp"

using ipclab::number;
using ipclab::Words;

namespace {

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

class Connection {
 public:
  Connection(const std::string& host, long port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
      throw std::runtime_error("not an IPv4 address: " + host);
    if (socket_.get() < 0) fail("socket");
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      fail("connect");
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t taken = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (taken < 0) fail("send");
      bytes.remove_prefix(static_cast<std::size_t>(taken));
    }
  }

  /// The next line; what is left at the end counts as one.
  std::string receive() {
    for (;;) {
      if (const auto end = received_.find('\n'); end != std::string::npos) {
        std::string line = received_.substr(0, end);
        received_.erase(0, end + 1);
        return line;
      }
      if (!receive_more()) throw std::runtime_error("the server has closed the connection");
    }
  }

  std::string receive_all() {
    while (receive_more()) {
    }
    return std::exchange(received_, "");
  }

  void shut() {
    if (::shutdown(socket_.get(), SHUT_WR) != 0) fail("shutdown");
  }

  /// Closes it so that the other side is told: forget all that is on its way (RST; socket(7), SO_LINGER).
  void reset() {
    const linger at_once{1, 0};
    if (::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0) fail("setsockopt");
    socket_ = Fd();
  }

 private:
  bool receive_more() {
    char piece[65536];
    const ssize_t size = ::recv(socket_.get(), piece, sizeof piece, 0);
    if (size < 0) fail("recv");
    received_.append(piece, static_cast<std::size_t>(size));
    return size > 0;
  }

  Fd socket_;
  std::string received_;
};

/// So many clients at the same time, each with a key of its own. Returns how many got back what they had set.
int crowd(int count, long port) {
  std::vector<Connection> clients;
  const auto key = [](int i) { return "key" + std::to_string(i); };
  const auto value = [](int i) { return std::to_string(7 * i) + " of the crowd"; };
  int right = 0;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back("127.0.0.1", port);
    clients.back().send("set " + key(i) + " " + value(i) + "\n");
    if (clients.back().receive() != "ok") return right;
  }
  for (int i = 0; i < count; ++i) clients[static_cast<std::size_t>(i)].send("get " + key(i) + "\n");
  for (int i = count; i-- > 0;)
    right += clients[static_cast<std::size_t>(i)].receive() == "value " + value(i);
  return right;
}

}  // namespace

int main() {
  std::map<std::string, Connection> connections;
  const auto named = [&](const std::string& name) -> Connection& {
    const auto found = connections.find(name);
    if (found == connections.end()) throw std::runtime_error("no connection is called " + name);
    return found->second;
  };

  ipclab::Console console;
  console.on("connect NAME PORT [ADDRESS]", [&](const Words& words) {
    connections.erase(words[0]);
    connections.emplace(words[0], Connection(words.size() > 2 ? words[2] : "127.0.0.1", number(words[1])));
    return "";
  });
  console.on("send NAME BYTES", [&](const Words& words) {
    named(words[0]).send(words[1]);
    return "";
  });
  console.on("send_file NAME FILE", [&](const Words& words) {
    std::ifstream file(words[1], std::ios::binary);
    named(words[0]).send(std::string(std::istreambuf_iterator<char>(file), {}));
    return "";
  });
  console.on("receive NAME", [&](const Words& words) { return named(words[0]).receive(); });
  console.on("receive_file NAME FILE", [&](const Words& words) {
    std::ofstream(words[1], std::ios::binary) << named(words[0]).receive();
    return "";
  });
  console.on("receive_all NAME FILE", [&](const Words& words) {
    std::ofstream(words[1], std::ios::binary) << named(words[0]).receive_all();
    return "";
  });
  console.on("shut NAME", [&](const Words& words) {
    named(words[0]).shut();
    return "";
  });
  console.on("reset NAME", [&](const Words& words) {
    named(words[0]).reset();
    connections.erase(words[0]);
    return "";
  });
  console.on("close NAME", [&](const Words& words) {
    connections.erase(words[0]);
    return "";
  });
  console.on("crowd COUNT PORT", [](const Words& words) {
    return std::to_string(crowd(static_cast<int>(number(words[0])), number(words[1])));
  });
  return console.run();
}
