// The checks of lab 07-udp, part 1: the server and its requests.

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "client.hpp"

TEST_CASE("the server sleeps until a request comes" * rule("S2") * todo(1) * points(1)) {
  Room room;
  Server server(room, kLong);
  const auto own = on(fmt::format("UDP port {}", server.port()));
  server.program().must_block_for_good(own);
  Client client(room, server);
  client.sends_to_server("?");
  client.must_get_error(4, "what is no request");
  server.program().must_block_for_good(own);
  server.is_ended();
}

TEST_CASE("what is no read request is answered with error 4, and the server goes on" * rule("S3") * todo(1) *
          points(2)) {
  Room room;
  Server server(room, kLong);
  Client client(room, server);
  const auto name = room.random_text();
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"an empty datagram", ""},
      {"a single byte", "\1"},
      {"a request that ends with its opcode", two_bytes(kRead)},
      {"a request without a mode", two_bytes(kRead) + name + '\0'},
      {"a request without zero bytes", two_bytes(kRead) + name},
      {"a request whose mode does not end", two_bytes(kRead) + name + '\0' + "octet"},
      {"a request without a name", request("")},
      {"a request in another mode", request(name, "mail")},
      {"a request in mode netascii", request(name, "netascii")},
      {"a request whose mode only begins like octet", request(name, "octets")},
      {"a request whose mode is cut short", request(name, "octe")},
      {"a write request", request(name, "octet", kWrite)},
      {"a datagram with opcode 0", request(name, "octet", 0)},
      {"a datagram with opcode 256", request(name, "octet", 256)},
      {"a datagram with opcode 257", request(name, "octet", 257)},
      {"an acknowledgement out of the blue", acknowledgement(1)},
      {"60000 bytes", room.random_bytes(1) + std::string(59'999, '\xff')},
  };
  for (const auto& [what, packet] : wrong) {
    client.sends_to_server(packet);
    client.must_get_error(4, what);
  }
  server.is_ended();
}

TEST_CASE("an error is never answered with an error" * rule("S3") * todo(1) * points(1)) {
  Room room;
  Server server(room, kLong);
  Client client(room, server);
  client.sends_to_server(error_packet(0));
  client.must_hear_nothing("an ERROR to the server's port is not answered");
  client.sends_to_server("?");
  client.must_get_error(4, "what is no request");
  server.is_ended();
}
