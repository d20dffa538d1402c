// Hangs on sockets, each with its twin: the nearest innocent world.
#include <doctest/doctest.h>

#include <algorithm>

#include "detect/stuck.hpp"
#include "model/cause.hpp"
#include "world.hpp"

using namespace ipclab;

TEST_CASE("accept without a client") {
  for (const ObjectKind kind : {ObjectKind::unix_socket, ObjectKind::tcp_socket}) {
    World world;
    const int listener = world.object(kind, "TCP port 8080"), server = world.process("server");
    world.at(listener).listening = true;
    world.has(server, 3, listener);
    world.blocks(server, "accept4", listener, Need::connection, 3);
    const auto finding = detect::stuck(world.snapshot);
    REQUIRE(finding);
    CHECK(finding->cause == cause::kNoSender);
    CHECK(finding->because ==
          "accept() returns only when a client connects. Nobody else is there to connect.");
    World twin = world;
    twin.snapshot.open_world = true;
    CHECK(cause_of(twin) == "");
    twin = world;
    twin.process("client");
    CHECK(cause_of(twin) == "");
  }
}

TEST_CASE("connect while more wait to be accepted than there is room for") {
  World world;
  const int own = world.object(ObjectKind::unix_socket, "unix_socket"), client = world.process("client");
  world.has(client, 3, own);
  world.blocks(client, "connect", own, Need::space, 3);
  const auto finding = detect::stuck(world.snapshot);
  REQUIRE(finding);
  CHECK(finding->cause == cause::kNoReceiver);
  CHECK(
      finding->because ==
      "connect() sleeps while as many wait to be accepted as there is room for. It goes on only when one of "
      "them is accepted. Nobody else is there to accept.");
  World twin = world;
  twin.process("server");
  CHECK(cause_of(twin) == "");
}

TEST_CASE("sockets whose other end waits as well") {
  for (const ObjectKind kind : {ObjectKind::unix_socket, ObjectKind::tcp_socket}) {
    World world;
    const auto [mine, yours] = world.connection(kind, "connection A", "connection A");
    const int client = world.process("client"), server = world.process("server");
    world.has(client, 3, mine);
    world.has(server, 4, yours);
    world.blocks(client, "recvfrom", mine, Need::data, 3);
    world.blocks(server, "recvfrom", yours, Need::data, 4);
    const auto finding = detect::stuck(world.snapshot);
    REQUIRE(finding);
    CHECK(finding->cause == cause::kNoSender);
    CHECK(finding->because ==
          "recv() returns when the other end sends, or when it is closed. The other end is open only in "
          "server (fd 4), "
          "and server waits for input.");
    World twin = world;
    twin.snapshot.data_in_flight = true;
    CHECK(cause_of(twin) == "");
    twin = world;
    twin.does(server, Activity::polling);
    CHECK(cause_of(twin) == "");
    twin = world;
    twin.at(mine).outside_writes = true;
    CHECK(cause_of(twin) == "");
    // Both send until the buffers are full.
    world.blocks(client, "sendto", mine, Need::space, 3);
    world.blocks(server, "sendto", yours, Need::space, 4);
    CHECK(cause_of(world) == cause::kPipesFull);
  }
}

TEST_CASE("the other end of its own socketpair") {
  World world;
  const auto [mine, yours] = world.connection(ObjectKind::unix_socket, "socketpair A", "socketpair A");
  const int child = world.process("child");
  world.has(child, 3, mine);
  world.has(child, 4, yours);
  world.blocks(child, "read", mine, Need::data, 3);
  CHECK(cause_of(world) == cause::kHoldsOwnWriteEnd);
  world.has(world.process("parent"), 4, yours);
  CHECK(cause_of(world) == "");
}

TEST_CASE("networks that others can reach") {
  World world;
  const int socket = world.object(ObjectKind::tcp_socket, "connection to TCP port 80"),
            curl = world.process("curl");
  world.has(curl, 3, socket);
  world.blocks(curl, "recvfrom", socket, Need::data, 3);
  CHECK(cause_of(world) == "");  // the other end is on another machine
  world.at(socket).kind = ObjectKind::udp_socket;
  CHECK(cause_of(world) == "");
  world.snapshot.closed_network = true;
  CHECK(cause_of(world) == cause::kNoSender);
  world.process("other");
  CHECK(cause_of(world) == "");
}

TEST_CASE("a connection that nobody has accepted yet") {
  World world;
  const int socket = world.object(ObjectKind::unix_socket, "connection to socket /s"),
            client = world.process("client");
  world.at(socket).peer = "an end that is in no process";
  world.has(client, 3, socket);
  world.blocks(client, "recvfrom", socket, Need::data, 3);
  CHECK(cause_of(world) == "");  // its holder may be a service that we may not look into
  world.snapshot.closed_network = true;
  CHECK(cause_of(world) == cause::kNoSender);
  world.process("server");
  CHECK(cause_of(world) == "");
}

TEST_CASE("a client that its server has not accepted yet") {
  World world;
  const int client = world.process("client"), server = world.process("server");
  const int door = world.object(ObjectKind::tcp_socket, "TCP port 80"),
            socket = world.object(ObjectKind::tcp_socket, "connection to TCP port 80");
  world.at(door).listening = true;
  world.at(socket).pending = true;
  world.at(socket).peer = world.at(door).identity;
  world.has(server, 3, door);
  world.has(client, 3, socket);
  world.blocks(client, "recvfrom", socket, Need::data, 3);
  CHECK(cause_of(world) == "");  // the server may accept
  const auto [mine, others] = world.connection(ObjectKind::tcp_socket, "connection of TCP port 80", "…");
  world.has(server, 4, mine);
  const int silent = world.process("silent");
  world.has(silent, 3, others);
  world.blocks(server, "recvfrom", mine, Need::data, 4);
  CHECK(cause_of(world) == "");  // silent may write, and then the server may accept
  world.blocks(silent, "recvfrom", others, Need::data, 3);
  const auto finding = detect::stuck(world.snapshot, true, client);
  REQUIRE(finding);
  const auto says = [&](const std::string& what, const std::string& text) {
    return std::ranges::find(finding->table, Row{what, text, ""}) != finding->table.end();
  };
  CHECK(says("connection to TCP port 80", "not accepted yet; could be by: server (fd 3)"));
}

TEST_CASE("a server that waits for the end of a client that it has not accepted") {
  World world;
  const int server = world.process("server"), client = world.process("client", server);
  const int door = world.object(ObjectKind::unix_socket, "socket desk"),
            socket = world.object(ObjectKind::unix_socket, "connection to socket desk");
  world.at(door).listening = true;
  world.at(socket).pending = true;
  world.at(socket).peer = world.at(door).identity;
  world.has(server, 3, door);
  world.has(client, 3, socket);
  world.blocks(client, "recvfrom", socket, Need::data, 3);
  CHECK(cause_of(world) == "");
  world.waits_for(server, client);
  CHECK(cause_of(world) == cause::kNoSender);
  world.has(client, 4, door);  // inherited, and no way out: it waits itself
  CHECK(cause_of(world) == cause::kNoSender);
}

TEST_CASE("of many connections with the same name the first three are told") {
  for (const std::size_t many : {3u, 4u, 5u, 200u}) {
    World world;
    const int server = world.process("server"), client = world.process("client");
    world.blocks(server, "poll", world.object(ObjectKind::tcp_socket, "TCP port 80"), Need::connection);
    for (std::size_t i = 0; i < many; ++i) {
      const auto [mine, others] =
          world.connection(ObjectKind::tcp_socket, "connection of TCP port 80 with client", "…");
      world.has(server, static_cast<int>(4 + i), mine);
      world.has(client, static_cast<int>(3 + i), others);
      world.also(server, mine, Need::data);
    }
    const auto table = detect::wait_table(world.snapshot);
    const auto rows = std::ranges::count(table, "connection of TCP port 80 with client", &Row::who);
    CHECK(rows == (many < 5 ? static_cast<long>(many) : 4));
    const Row rest{"connection of TCP port 80 with client", "and 197 more", ""};
    CHECK((std::ranges::find(table, rest) != table.end()) == (many == 200));
  }
}
