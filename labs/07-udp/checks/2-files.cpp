// The checks of lab 07-udp, part 2: which files are there for whom.

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "client.hpp"

namespace {

void run(Room& room, std::vector<std::string> argv) { room.start(std::move(argv)).must_exit(0); }

}  // namespace

TEST_CASE("a file that is not there is answered with error 1" * rule("S4") * todo(2) * points(2)) {
  Room room;
  Server server(room, kLong);
  server.has("file", room.random_text());
  Client client(room, server);
  const auto missing = room.random_text();
  const std::vector<std::pair<std::string, std::string>> names = {
      {"a missing file", missing},
      {"a missing file of a directory", "sub/" + missing},
      {"a file in a missing directory", missing + "/file"},
      {"something below a file", "file/below"},
      {"a name of 300 bytes", room.random_text(300)},
      {"a name of 60000 bytes", room.random_text(60'000)}};
  const std::size_t before = server.open_descriptors();
  for (const auto& [what, name] : names) {
    client.asks_for(name);
    client.must_get_error(1, fmt::format("a request for {}", what));
  }
  server.must_come_to_rest();
  server.must_have_left_nothing(before);
  server.is_ended();
}

TEST_CASE("what is no regular file, or may not be read, is answered with error 2" * rule("S4") * todo(2) *
          points(2)) {
  Room room;
  Server server(room, kLong);
  server.has("closed", room.random_text());
  run(room, {"chmod", "000", "pub/closed"});
  run(room, {"mkfifo", "pub/fifo"});
  room.write_socket("pub/socket");
  for (const char* name : {"pub/fifo", "pub/socket"}) room.keeps(name);
  const std::size_t before = server.open_descriptors();
  Client client(room, server);
  for (const char* name : {"sub", ".", "fifo", "socket", "closed"}) {
    client.asks_for(name);
    client.must_get_error(2, fmt::format("a request for {}", name));
  }
  server.must_come_to_rest();
  server.must_have_left_nothing(before);
  server.is_ended();
}

TEST_CASE("no name leads out of the directory" * rule("S5") * todo(2) * points(3)) {
  Room room;
  Server server(room, kLong);
  const auto secret = room.random_text();
  room.make_directory("pub-not");
  for (const char* place : {"secret", "pub-not/secret"}) room.write_file(place, secret);
  for (const char* name : {"secret", "pub-not", "pub-not/secret", "pub/link", "pub/up", "pub/aside"})
    room.keeps(name);
  run(room, {"ln", "-s", "../secret", "pub/link"});
  run(room, {"ln", "-s", "..", "pub/up"});
  run(room, {"ln", "-s", "../pub-not/secret", "pub/aside"});
  server.has("a..b", "not outside");
  server.has("sub/inside", "nor this");
  const std::size_t before = server.open_descriptors();
  Client client(room, server);
  for (const char* name : {"../secret", "/etc/passwd", "sub/../../secret", "./../secret", "../pub-not/secret",
                           "link", "aside", "up/secret", "up/pub-not/secret", "sub/../../pub-not/secret"}) {
    client.asks_for(name);
    client.must_get_error(2, fmt::format("a request for {}", name));
  }
  server.must_come_to_rest();
  server.must_have_left_nothing(before);
  client.asks_for("a..b");
  client.must_get_file("not outside");
  client.asks_for("sub/inside");
  client.must_get_file("nor this");
  server.is_ended();
}

TEST_CASE("a name may be long, and the mode in capital letters" * rule("S3") * todo(2) * points(1)) {
  Room room;
  Server server(room, kLong);
  std::string directories;
  for (int i = 0; i < 3; ++i) {
    directories += room.random_text(200) + "/";
    const auto path = fmt::format("{}/{}", kPublic, directories.substr(0, directories.size() - 1));
    room.make_directory(path);
    room.keeps(path);
  }
  const auto text = room.random_text();
  server.has(directories + "file", text);
  Client client(room, server);
  for (const char* mode : {"octet", "OCTET", "Octet"}) {
    client.asks_for(directories + "file", mode, std::string("blksize") + '\0' + "512" + '\0');
    client.must_get_file(text);
  }
  server.is_ended();
}
