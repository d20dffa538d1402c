// Who is connected with whom, and what is on its way.

#include "observe/sockets.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/fd.hpp"

using namespace ipclab;
using namespace ipclab::observe;

namespace {

SocketTable our_sockets() {
  SocketTable table = read_sockets_but_tcp(::getpid(), -1);
  add_tcp_sockets(table, ::getpid());
  return table;
}

std::uint64_t inode_of(const Fd& socket) {
  struct stat state {};
  REQUIRE(::fstat(socket.get(), &state) == 0);
  return state.st_ino;
}

const Socket& find(const SocketTable& table, const Fd& socket) {
  const auto found = table.find(inode_of(socket));
  REQUIRE(found != table.end());
  return found->second;
}

struct Connection {
  Fd listening, client, server;
  in_port_t port = 0;

  Connection()
      : listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* name = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listening.get(), name, size) == 0);
    REQUIRE(::listen(listening.get(), 1) == 0);
    REQUIRE(::getsockname(listening.get(), name, &size) == 0);
    port = ::ntohs(address.sin_port);
    REQUIRE(::connect(client.get(), name, size) == 0);
  }
  void accept() { server.reset(::accept(listening.get(), nullptr, nullptr)); }
};

}  // namespace

TEST_CASE("a pair of Unix sockets: each is the other's peer, and what was sent waits at the receiver") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const Fd left(ends[0]), right(ends[1]);
  REQUIRE(::send(left.get(), "abc", 3, 0) == 3);
  const SocketTable table = our_sockets();
  CHECK(find(table, left).kind == ObjectKind::unix_socket);
  CHECK(find(table, left).peer == inode_of(right));
  CHECK(find(table, right).peer == inode_of(left));
  CHECK(find(table, right).to_read == 3);
  CHECK(find(table, left).to_read == 0);
}

TEST_CASE("a Unix socket that listens has the name of its path") {
  const std::string path = "/tmp/ipclab-observe-" + std::to_string(::getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path.c_str());
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(socket.get(), 1) == 0);
  const SocketTable table = our_sockets();
  CHECK(find(table, socket).listening);
  CHECK(find(table, socket).name.find(path) != std::string::npos);
  ::unlink(path.c_str());
}

TEST_CASE("a TCP connection: peers, ports, and bytes that have arrived") {
  Connection connection;
  connection.accept();
  REQUIRE(::send(connection.client.get(), "hello", 5, 0) == 5);
  SocketTable table;
  do table = our_sockets();  // loopback delivers by itself
  while (find(table, connection.server).to_read != 5);
  CHECK(find(table, connection.listening).listening);
  CHECK(find(table, connection.listening).name == "TCP port " + std::to_string(connection.port));
  CHECK(find(table, connection.client).peer == inode_of(connection.server));
  CHECK(find(table, connection.server).peer == inode_of(connection.client));
  CHECK(find(table, connection.client).kind == ObjectKind::tcp_socket);
}

TEST_CASE("a TCP client that nobody has accepted yet waits at the one that listens, and has no peer") {
  Connection connection;
  SocketTable table;
  do table = our_sockets();  // the last step of the handshake is the kernel's
  while (!find(table, connection.client).listener);
  CHECK(find(table, connection.client).listener == inode_of(connection.listening));
  CHECK(find(table, connection.client).peer == 0);
  connection.accept();
  table = our_sockets();
  CHECK(find(table, connection.client).listener == 0);
  CHECK(find(table, connection.client).peer == inode_of(connection.server));
}

TEST_CASE("a TCP client whose server has no more room in its queue is still connecting") {
  Connection connection;  // a queue of two, and one is in it
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  address.sin_port = ::htons(connection.port);
  std::vector<Fd> more;
  for (int i = 0; i < 4; ++i) {
    more.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)::connect(more.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  const SocketTable table = our_sockets();
  CHECK(find(table, more.back()).connecting);
  CHECK_FALSE(find(table, connection.client).connecting);
}

TEST_CASE("the two ends of a connection find each other when only one of them is an IPv6 socket") {
  const Fd listening(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  any.sin6_addr = in6addr_any;
  socklen_t size = sizeof any;
  if (!listening || ::bind(listening.get(), reinterpret_cast<sockaddr*>(&any), size) != 0) return;  // no IPv6
  REQUIRE(::listen(listening.get(), 1) == 0);
  REQUIRE(::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&any), &size) == 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = any.sin6_port;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  const Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  const Fd server(::accept(listening.get(), nullptr, nullptr));
  const SocketTable table = our_sockets();
  CHECK(find(table, client).peer == inode_of(server));
  CHECK(find(table, server).peer == inode_of(client));
}

TEST_CASE("a Unix client that nobody has accepted yet waits at the one that listens, and has its name") {
  const std::string name = "ipclab-observe-" + std::to_string(::getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path + 1, name.c_str());
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const Fd listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(listening.get(), where, size) == 0);
  REQUIRE(::listen(listening.get(), 1) == 0);
  REQUIRE(::connect(client.get(), where, size) == 0);
  SocketTable table = our_sockets();
  CHECK(find(table, client).listener == inode_of(listening));
  CHECK(find(table, client).name == "connection to socket @" + name);
  const Fd server(::accept(listening.get(), nullptr, nullptr));
  table = our_sockets();
  CHECK(find(table, client).listener == 0);
  CHECK(find(table, client).peer == inode_of(server));
  CHECK(find(table, server).name == "connection of socket @" + name);
}

// The numbers of new sockets are handed out per CPU, so either end of a connection may have the lower one.
TEST_CASE("both ends of a Unix connection are named after the one that listens, whichever is older") {
  cpu_set_t all, one;
  REQUIRE(::sched_getaffinity(0, sizeof all, &all) == 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE && cpus.size() < 2; ++cpu)
    if (CPU_ISSET(cpu, &all)) cpus.push_back(cpu);
  const auto move_to = [&](int cpu) {
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
  };
  for (const bool client_first : {true, false}) {
    const std::string name = "ipclab-observe-ends-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path + 1, name.c_str());
    const auto* where = reinterpret_cast<const sockaddr*>(&address);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    const Fd listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(listening.get(), where, size) == 0);
    REQUIRE(::listen(listening.get(), 1) == 0);
    move_to(client_first ? cpus.front() : cpus.back());
    const Fd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(client.get(), where, size) == 0);
    move_to(client_first ? cpus.back() : cpus.front());
    const Fd server(::accept(listening.get(), nullptr, nullptr));
    const SocketTable table = our_sockets();
    CHECK(find(table, client).name == "connection to socket @" + name);
    CHECK(find(table, server).name == "connection of socket @" + name);
  }
  ::sched_setaffinity(0, sizeof all, &all);
}

TEST_CASE("a UDP socket has its port") {
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* name = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(socket.get(), name, size) == 0);
  REQUIRE(::getsockname(socket.get(), name, &size) == 0);
  const SocketTable table = our_sockets();
  CHECK(find(table, socket).kind == ObjectKind::udp_socket);
  CHECK(find(table, socket).name.find(std::to_string(::ntohs(address.sin_port))) != std::string::npos);
}
