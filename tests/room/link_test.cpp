// Hosts, the cable between them and the link that is made of it.

#include "room/link.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "visit.hpp"

using namespace ipclab;
using namespace ipclab::room;
using std::chrono::milliseconds;

namespace {

constexpr std::uint16_t kPort = 4711;

sockaddr_in address(const char* host, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  ::inet_pton(AF_INET, host, &result.sin_addr);
  return result;
}

/// A link, and a UDP socket on each of its hosts, bound to kPort and connected with the other.
class Site {
 public:
  explicit Site(std::uint64_t seed = 1) : room_(visit::options()) {
    if (!visit::has_namespaces(room_)) return;
    Cable cable = room_.lay_cable();
    link_ = std::make_unique<Link>(std::array{std::move(cable.hosts[0].end), std::move(cable.hosts[1].end)},
                                   seed);
    for (unsigned i = 0; i < 2; ++i) {
      sockets_[i] = room_.open_socket(i + 1, AF_INET, SOCK_DGRAM);
      const auto own = address(kHostAddresses[i], kPort), peer = address(kHostAddresses[1 - i], kPort);
      REQUIRE(::bind(sockets_[i].get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
      REQUIRE(::connect(sockets_[i].get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0);
    }
  }

  explicit operator bool() const { return link_ != nullptr; }
  Room& room() { return room_; }
  Link& link() { return *link_; }

  void send(Side from, const std::string& text) {
    const int fd = sockets_[static_cast<unsigned>(from)].get();
    REQUIRE(::send(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    link_->pump();  // so that packets of both sides come to it in the order in which they were sent
  }

  /// Moves everything to where it goes.
  void run() {
    while (link_->pump() || !link_->idle()) {
      pollfd polled[] = {{link_->fd(Side::a), POLLIN, 0}, {link_->fd(Side::b), POLLIN, 0}};
      ::poll(polled, 2, 1);
    }
  }

  /// What has arrived at this side, once everything has.
  std::vector<std::string> received(Side at) {
    run();
    std::vector<std::string> texts;
    char text[65536];
    const int fd = sockets_[static_cast<unsigned>(at)].get();
    // A packet that is handed to a device arrives behind the sender's back: an upper bound, then nothing.
    for (pollfd polled{fd, POLLIN, 0}; ::poll(&polled, 1, 100) == 1;)
      if (const ssize_t size = ::recv(fd, text, sizeof text, 0); size >= 0)
        texts.emplace_back(text, static_cast<std::size_t>(size));
    return texts;
  }

 private:
  Room room_;
  std::unique_ptr<Link> link_;
  Fd sockets_[2];
};

using Texts = std::vector<std::string>;

Texts numbers(int count) {
  Texts texts;
  for (int i = 1; i <= count; ++i) texts.push_back(std::to_string(i));
  return texts;
}

}  // namespace

TEST_CASE("a bare room has no hosts, and says so") {
  Options options = visit::options();
  options.force = Level::bare;
  Room room(options);
  CHECK_THROWS_AS(room.lay_cable(), std::runtime_error);
}

TEST_CASE("a room has one cable") {
  Site site;
  if (!site) return;
  CHECK_THROWS_AS(site.room().lay_cable(), std::runtime_error);
}

TEST_CASE("hosts have addresses of their own and nothing else in common with the room's network") {
  Site site;
  if (!site) return;
  const auto knows = [&](unsigned host, const char* what) {
    Launch launch;
    launch.argv = {"grep", "-q", what, "/proc/net/fib_trie"};
    launch.host = host;
    return WEXITSTATUS(visit::run(site.room(), launch).status) == 0;
  };
  CHECK(knows(1, "192.0.2.1$"));
  CHECK(!knows(1, "192.0.2.2$"));
  CHECK(knows(2, "192.0.2.2$"));
  CHECK(!knows(2, "192.0.2.1$"));
  CHECK(knows(0, "127.0.0.1$"));
  CHECK(!knows(0, "192.0.2"));
}

TEST_CASE("a link hands on every packet, whole and in order, both ways") {
  Site site;
  if (!site) return;
  const Texts sizes{"", "x", std::string(512, 'y'), std::string(1472, 'z'), std::string(9000, 'f')};
  for (const std::string& text : sizes) {
    site.send(Side::a, text);
    site.send(Side::b, text + "!");
  }
  CHECK(site.received(Side::b) == sizes);
  Texts answers = sizes;
  for (std::string& text : answers) text += "!";
  CHECK(site.received(Side::a) == answers);
}

TEST_CASE("a packet is seen as it was sent, with its addresses and whole checksums") {
  Site site;
  if (!site) return;
  site.send(Side::b, "four");
  site.run();
  REQUIRE(site.link().seen().size() == 1);
  const Packet& packet = site.link().seen()[0];
  CHECK(packet.from == Side::b);
  CHECK(packet.nth == 1);
  CHECK(packet.protocol() == IPPROTO_UDP);
  const auto from = address("192.0.2.2", 0), to = address("192.0.2.1", 0);
  CHECK(packet.bytes.substr(12, 4) ==
        std::string(reinterpret_cast<const char*>(&from.sin_addr), sizeof from.sin_addr));
  CHECK(packet.bytes.substr(16, 4) ==
        std::string(reinterpret_cast<const char*>(&to.sin_addr), sizeof to.sin_addr));
  CHECK(packet.payload().substr(8) == "four");
}

TEST_CASE("a script says what happens to which packet") {
  Site site;
  if (!site) return;
  site.link().follows([](const Packet& packet, Fate& fate) {
    if (packet.from == Side::b) return;
    if (packet.nth == 2) fate.copies = 0;
    if (packet.nth == 3) fate.copies = 2;
    if (packet.nth == 5) fate.after_the_next = true;
  });
  for (const std::string& text : numbers(7)) site.send(Side::a, text), site.send(Side::b, text);
  CHECK(site.received(Side::b) == Texts{"1", "3", "3", "4", "6", "5", "7"});
  CHECK(site.received(Side::a) == numbers(7));
}

TEST_CASE("a packet to be swapped, with none behind it, comes late and is not lost") {
  Site site;
  if (!site) return;
  site.link().follows([](const Packet&, Fate& fate) { fate.after_the_next = true; });
  site.send(Side::a, "alone");
  CHECK(!site.link().idle());
  CHECK(site.received(Side::b) == Texts{"alone"});
}

TEST_CASE("what is on its way is known, and comes no sooner than its delay") {
  Site site;
  if (!site) return;
  CHECK(site.link().idle());
  site.link().has({.delay = milliseconds(30)});
  const auto sent = Link::Clock::now();
  site.send(Side::a, "late");
  CHECK(!site.link().idle());
  site.link().pump();
  REQUIRE(site.link().due());
  CHECK(*site.link().due() >= sent + milliseconds(30));
  CHECK(site.received(Side::b) == Texts{"late"});
  CHECK(Link::Clock::now() >= sent + milliseconds(30));
  CHECK(site.link().idle());
}

TEST_CASE("chance is the same for the same seed, another for another, and about as often as asked for") {
  const auto fates = [](std::uint64_t seed) {
    Site site(seed);
    if (!site) return Texts{};
    site.link().has({.lost = 0.2, .doubled = 0.2, .swapped = 0.2});
    for (const std::string& text : numbers(150)) site.send(Side::a, text);
    return site.received(Side::b);
  };
  const Texts once = fates(7);
  if (once.empty()) return;
  CHECK(once == fates(7));
  CHECK(once != fates(8));
  Texts distinct = once;
  std::ranges::sort(distinct);
  const auto doubles = std::ranges::unique(distinct);
  CHECK(doubles.size() >= 5);  // of some 24: 1 in 10^5 for a seed that nobody has chosen
  distinct.erase(doubles.begin(), doubles.end());
  CHECK(distinct.size() >= 100);  // of some 120
  CHECK(distinct.size() <= 140);
}

TEST_CASE("a packet that no host has sent arrives all the same") {
  Site site;
  if (!site) return;
  site.send(Side::b, "again");
  CHECK(site.received(Side::a) == Texts{"again"});
  site.link().put(Side::a, site.link().seen().at(0).bytes);
  CHECK(site.received(Side::a) == Texts{"again"});
  CHECK(site.link().seen().size() == 1);
}

TEST_CASE("a link that outlives its room comes to rest") {
  auto site = std::make_unique<Site>();
  if (!*site) return;
  site->send(Side::a, "last");
  Link link = std::move(site->link());
  site.reset();
  link.put(Side::b, "nobody is there");
  while (link.pump()) {
  }
  CHECK(link.idle());
}
