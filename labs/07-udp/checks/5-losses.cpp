// The checks of lab 07-udp, part 5: a link that loses, doubles and swaps, and calls that fail.

#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

#include "client.hpp"

namespace {

void curl_must_get(Link& link, const Server& server, const std::string& bytes) {
  const auto curl = link.a().start({"curl", "--silent", "--show-error", "--max-time", "10", "--output", "-",
                                    server.url(link.b().address(), "file")},
                                   "curl");
  curl.must_have_printed(bytes);
  curl.must_exit(0);
}

}  // namespace

TEST_CASE("curl gets the file whole over a link that loses, doubles and swaps" * rule("S8") * todo(3) *
          points(3)) {
  Room room;
  requires_curl(room);
  Link link(room, {.lost = 0.1, .doubled = 0.1, .swapped = 0.1});
  // The request itself arrives once, because curl asks again only after seconds; and no side loses two
  // packets in a row, because even a right server gives up at the fifth.
  bool spared[2] = {true, true};
  link.follows([&](const Packet& packet, Fate& fate) {
    bool& spare = spared[packet.from == Side::a ? 0 : 1];
    if (packet.nth == 1 && packet.from == Side::a) fate = {};
    if (spare && fate.copies == 0) fate.copies = 1;
    spare = fate.copies == 0;
  });
  Server server(room, link.b(), kShort);
  const auto bytes = room.random_bytes(3'000);
  server.has("file", bytes);
  curl_must_get(link, server, bytes);
  server.is_ended();
}

TEST_CASE("one lost block, one lost acknowledgement, one of each doubled and swapped" * rule("S8") * todo(3) *
          points(2)) {
  Room room;
  requires_curl(room);
  Link link(room);
  link.loses(Side::b, 2);  // block 2
  link.loses(Side::a, 4);  // an acknowledgement
  link.doubles(Side::b, 6);
  link.doubles(Side::a, 8);
  link.swaps(Side::b, 10);
  link.swaps(Side::a, 12);
  Server server(room, link.b(), kShort);
  const auto bytes = room.random_bytes(14 * kBlockSize);
  server.has("file", bytes);
  curl_must_get(link, server, bytes);
  server.is_ended();
}

TEST_CASE("short reads and interrupted calls lose no byte" * rule("S10") * todo(1) * points(2)) {
  Room room;
  std::vector<Fault> faults;
  for (const char* call : {"poll", "select", "epoll_wait", "recvfrom", "recvmsg", "sendto", "sendmsg"})
    for (const int nth : {1, 2, 4}) faults.push_back(interrupt(call, nth));
  for (Fault fault : {short_count("read", 100), short_count("pread", 100)}) {  // files are not interrupted
    fault.on = Fault::On::file;
    faults.push_back(fault);
  }
  Server server(room, kLong, faults);
  const auto bytes = room.random_bytes(1500);
  server.has("file", bytes);
  Client client(room, server);
  client.asks_for("file");
  client.must_get_file(bytes);  // nothing twice: the time-out is long
  server.is_ended();
}

TEST_CASE("a sendto that fails is like a packet that is lost" * rule("S10") * todo(3) * points(2)) {
  Room room;
  std::vector<Fault> faults;
  for (const char* call : {"sendto", "sendmsg"})
    for (const auto& [nth, error] : {std::pair(1, EPERM), std::pair(3, ENETUNREACH)})
      faults.push_back(fail(call, error, nth));
  Server server(room, kShort, faults);
  const auto bytes = room.random_bytes(kBlockSize + 88);
  server.has("file", bytes);
  // What is counted may be the calls of the server, or of each process that it forks.
  Client refused(room, server), client(room, server);
  refused.sends_to_server("?");
  room.settles();
  client.asks_for("file");
  client.must_get_file(bytes, true);
  server.is_ended();
}

TEST_CASE("a client that cannot be reached is given up like one that does not answer" * rule("S10") *
          todo(3) * points(1)) {
  Room room;
  // More than five: only who makes a failed call again at once comes to the end of them.
  std::vector<Fault> faults;
  for (int nth = 1; nth <= 40; ++nth)
    for (const char* call : {"sendto", "sendmsg"}) faults.push_back(fail(call, ENETUNREACH, nth));
  Server server(room, kShort / 10, faults);
  server.has("file", room.random_bytes(kBlockSize + 88));
  const std::size_t before = server.open_descriptors();
  Client client(room, server);
  client.asks_for("file");
  server.must_come_to_rest();
  client.must_hear_nothing("five tries fail, each when its time has come, and there is no other");
  server.must_have_left_nothing(before);
  server.is_ended();
}
