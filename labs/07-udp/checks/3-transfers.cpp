// The checks of lab 07-udp, part 3: transfers on a network that does its best.

#include <fmt/format.h>
#include <signal.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client.hpp"

TEST_CASE("a file arrives whole, and a shorter block, if need be an empty one, ends it" * rule("S6") *
          todo(3) * points(3)) {
  Room room;
  Server server(room, kLong);
  std::vector<std::pair<std::size_t, std::unique_ptr<Client>>> clients;
  for (const std::size_t size : {0, 1, 511, 512, 1024, 4096, 150'000}) {
    const auto& client = clients.emplace_back(size, std::make_unique<Client>(room, server)).second;
    const auto name = room.random_text(), bytes = room.random_bytes(size);
    server.has(name, bytes);
    client->asks_for(name);
    client->must_get_file(bytes);
  }
  for (const auto& [size, client] : clients)
    client->must_hear_nothing(fmt::format("nothing comes behind the last block of {} bytes", size));
  server.is_ended();
}

TEST_CASE("curl fetches files of 0, 512 and 1048576 bytes" * rule("S6") * todo(3) * points(2)) {
  Room room;
  requires_curl(room);
  Server server(room, kLong);
  for (const std::size_t size : {0u, 512u, 1u << 20}) {
    const auto name = room.random_text(), bytes = room.random_bytes(size);
    server.has(name, bytes);
    const auto curl = room.start({"curl", "--silent", "--show-error", "--max-time", "10", "--output", "-",
                                  server.url("127.0.0.1", name)},
                                 fmt::format("curl, {} bytes", size));
    curl.must_have_printed(bytes);
    curl.must_exit(0);
  }
  server.is_ended();
}

TEST_CASE("a file of 32769 blocks arrives whole" * rule("S6") * todo(3) * points(1)) {
  constexpr std::size_t kSize = 32768 * kBlockSize + 88;  // a number of two bytes and no sign
  Room room;
  Server server(room, kLong);
  const auto piece = room.random_bytes(100'003);  // no whole number of blocks
  std::string bytes;
  while (bytes.size() < kSize) bytes += piece;
  bytes.resize(kSize);
  server.has("long", bytes);
  Client client(room, server);
  client.asks_for("long");
  client.must_get_long_file(bytes);
  server.must_be_at_rest("when its last block is acknowledged");
  server.is_ended();
}

TEST_CASE("each block waits for the one before it to be acknowledged" * rule("S6") * todo(3) * points(2)) {
  Room room;
  Server server(room, kLong);
  const auto bytes = room.random_bytes(2 * kBlockSize);
  server.has("file", bytes);
  Client client(room, server);
  client.asks_for("file");
  unsigned block = 0;
  for (const std::string& data : blocks_of(bytes)) {
    client.must_get(++block, data);
    client.must_hear_nothing("no further block comes before this one is acknowledged");
    client.acknowledges(block);
  }
  client.must_hear_nothing("the transfer has ended");
  server.is_ended();
}

TEST_CASE("transfers have ports of their own and do not wait for each other" * rule("S7") * todo(3) *
          points(2)) {
  Room room;
  Server server(room, kLong);
  const auto one = room.random_bytes(700), two = room.random_bytes(700);
  server.has("one", one);
  server.has("two", two);
  const std::size_t before = server.open_descriptors();
  Client first(room, server), second(room, server);
  first.asks_for("one");
  first.must_get(1, one.substr(0, kBlockSize));
  second.asks_for("two");
  second.must_get_file(two);  // from its first block to its last while the other waits
  if (first.transfer() == second.transfer())
    fails(cause::kWrongAnswer, "two transfers have two ports", "both came from the same one");
  first.acknowledges(1);
  first.must_get(2, one.substr(kBlockSize));
  first.acknowledges(2);
  server.must_come_to_rest();
  server.must_have_left_nothing(before);
  server.is_ended();
}

TEST_CASE("requests that come at once are all served" * rule("S7") * todo(3) * points(1)) {
  Room room;
  Server server(room, kLong);
  const auto bytes = room.random_bytes(600);
  server.has("file", bytes);
  std::vector<std::unique_ptr<Client>> clients;
  server.signals_all(SIGSTOP);  // so that all are there when it looks
  room.settles();
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<Client>(room, server));
    clients.back()->asks_for("file");
  }
  server.signals_all(SIGCONT);
  for (const auto& client : clients) client->must_get(1, bytes.substr(0, kBlockSize));
  for (const auto& client : clients) {
    client->acknowledges(1);
    client->must_get(2, bytes.substr(kBlockSize));
    client->acknowledges(2);
  }
  server.is_ended();
}
