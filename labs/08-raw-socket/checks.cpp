// The checks of lab 08-raw-socket. The pinger is on host a; host b's kernel answers it, over a link on which
// the check sees every packet, and can lose, hold back and forge what it likes.

#include "check/network.hpp"

#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

using namespace ipclab;
using namespace ipclab::check;
using std::chrono::milliseconds;

namespace {

constexpr int kLong = 30'000, kShort = 100;  // time-outs, in milliseconds
constexpr unsigned kEchoReply = 0, kUnreachable = 3, kEchoRequest = 8;

RoomOptions with_raw_sockets() {
  RoomOptions options;
  options.raw_network = true;
  return options;
}

unsigned byte_at(const std::string& bytes, std::size_t place) {
  return place < bytes.size() ? static_cast<unsigned char>(bytes[place]) : 0;
}

unsigned number_at(const std::string& bytes, std::size_t place) {
  return byte_at(bytes, place) << 8 | byte_at(bytes, place + 1);
}

void put_number(std::string& bytes, std::size_t place, unsigned number) {
  bytes.at(place) = static_cast<char>(number >> 8);
  bytes.at(place + 1) = static_cast<char>(number & 0xff);
}

/// RFC 1071.
unsigned checksum(const std::string& bytes) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) sum += number_at(bytes, i);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

std::string with_checksum(std::string bytes, std::size_t place) {
  put_number(bytes, place, 0);
  put_number(bytes, place, checksum(bytes));
  return bytes;
}

/// What a forger can change in the reply to a request.
struct Forgery {
  unsigned type = kEchoReply, code = 0;
  int id_off = 0, sequence_off = 0, sum_off = 0;
  unsigned last_of_source = 2;  // of 192.0.2.x
  unsigned options = 0;         // 4-byte words of IP options
  unsigned ttl = 64;
};

/// The IPv4 packet that answers `request`, changed as asked for: everything else, and all that the kernel
/// looks at, is right.
std::string answer_to(const Packet& request, const Forgery& forged = {}) {
  std::string icmp = request.payload();
  icmp.at(0) = static_cast<char>(forged.type);
  icmp.at(1) = static_cast<char>(forged.code);
  put_number(icmp, 4, (number_at(icmp, 4) + static_cast<unsigned>(forged.id_off)) & 0xffff);
  put_number(icmp, 6, (number_at(icmp, 6) + static_cast<unsigned>(forged.sequence_off)) & 0xffff);
  icmp = with_checksum(icmp, 2);
  put_number(icmp, 2, (number_at(icmp, 2) + static_cast<unsigned>(forged.sum_off)) & 0xffff);
  std::string ip(20, '\0');
  ip += std::string(forged.options * 4, '\1');  // "no operation"
  ip[0] = static_cast<char>(0x45 + forged.options);
  put_number(ip, 2, static_cast<unsigned>(ip.size() + icmp.size()));
  ip[8] = static_cast<char>(forged.ttl);
  ip[9] = IPPROTO_ICMP;
  const char source[] = {static_cast<char>(192), 0, 2, static_cast<char>(forged.last_of_source)};
  const char destination[] = {static_cast<char>(192), 0, 2, 1};
  ip.replace(12, 4, source, 4).replace(16, 4, destination, 4);
  return with_checksum(ip, 10) + icmp;
}

bool is_request(const Packet& packet) {
  return packet.from == Side::a && packet.protocol() == IPPROTO_ICMP &&
         byte_at(packet.payload(), 0) == kEchoRequest;
}

std::vector<Packet> requests_on(const Link& link) {
  std::vector<Packet> requests = link.seen();
  std::erase_if(requests, [](const Packet& packet) { return !is_request(packet); });
  return requests;
}

unsigned sequence_of(const Packet& request) { return number_at(request.payload(), 6); }

/// Host b is silent: nothing that its kernel sends arrives. For each request the check decides.
void answers_by(const Link& link, const std::function<void(const Packet&)>& answer) {
  link.follows([answer](const Packet& packet, Fate& fate) {
    if (packet.from == Side::b) fate.copies = 0;
    else if (is_request(packet)) answer(packet);
  });
}

Program ping(const Link& link, int count, int time_out, int size = 56,
             const std::vector<Fault>& faults = {}) {
  return link.a().start(
      {"pinger", link.b().address(), std::to_string(count), std::to_string(time_out), std::to_string(size)},
      "pinger", faults);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The milliseconds of a line "reply seq=N ttl=T time=X ms"; fails when it is another one.
double must_be_reply(const std::string& line, int sequence, int ttl) {
  const std::string begin = fmt::format("reply seq={} ttl={} time=", sequence, ttl);
  char* end = nullptr;
  const double time = line.starts_with(begin) ? std::strtod(line.c_str() + begin.size(), &end) : 0;
  if (!end || std::string(end) != " ms")
    fails(cause::kWrongOutput, fmt::format("pinger prints \"{}… ms\"", begin),
          fmt::format("it prints \"{}\"", line));
  return time;
}

void must_be(const std::string& line, const std::string& wanted) {
  if (line != wanted)
    fails(cause::kWrongOutput, fmt::format("pinger prints \"{}\"", wanted),
          fmt::format("it prints \"{}\"", line));
}

/// One word for each request, "reply" or "lost", then the last line and the exit status.
void must_have_come_to(const Program& pinger, const std::vector<std::string>& fates, int ttl = 64) {
  const auto lines = lines_of(pinger.output());
  const auto count = fates.size();
  const auto replies = static_cast<std::size_t>(std::ranges::count(fates, "reply"));
  for (std::size_t i = 0; i < count; ++i) {
    const int sequence = static_cast<int>(i) + 1;
    const std::string line = i < lines.size() ? lines[i] : "";
    if (fates[i] == "reply") must_be_reply(line, sequence, ttl);
    else must_be(line, fmt::format("lost seq={}", sequence));
  }
  must_be(lines.size() > count ? lines[count] : "",
          fmt::format("{} sent, {} received, {}% lost", count, replies, (count - replies) * 100 / count));
  pinger.must_exit(replies > 0 ? 0 : 1);
}

/// Every request is answered. With a long time-out nobody need wait for it: once everybody is asleep and no
/// packet is on its way, it has no more to come.
void must_get_all(Room& room, const Program& pinger, std::size_t count, int ttl = 64) {
  // Who looks again and again is at rest for settles(): as long as it prints, it is not.
  for (std::size_t before = std::string::npos; before != pinger.output_so_far().size() && !pinger.ended();) {
    before = pinger.output_so_far().size();
    room.settles();
  }
  if (!pinger.ended()) {
    const auto lines = lines_of(pinger.output_so_far());
    fails(cause::kBlocks, fmt::format("pinger gets {} replies and ends", count),
          fmt::format("it has printed {} of them and still waits; no packet is on its way", lines.size()));
  }
  must_have_come_to(pinger, std::vector<std::string>(count, "reply"), ttl);
}

/// b answers nothing; each request gets this packet instead: no reply to it.
void must_be_ignored(const Forgery& forged) {
  Room room(with_raw_sockets());
  Link link(room);
  answers_by(link, [&](const Packet& request) { link.puts(Side::a, answer_to(request, forged)); });
  must_have_come_to(ping(link, 1, kShort), {"lost"});
}

}  // namespace

// The socket.

TEST_CASE("without CAP_NET_RAW it says what is missing" * rule("S2") * todo(1) * points(1)) {
  Room room;
  const auto pinger = room.start({"pinger", "127.0.0.1", "1"});
  pinger.must_exit(2);
  const auto said = pinger.error_output();
  if (said.find("CAP_NET_RAW") == std::string::npos)
    fails(cause::kWrongOutput, "standard error names the capability that is missing, CAP_NET_RAW",
          said.empty() ? "standard error is empty" : fmt::format("it says: {}", said.substr(0, 200)));
}

// Requests: with a time-out of 0 nothing is waited for.

TEST_CASE("each request is an echo request with its own sequence number and one identifier" * rule("S3") *
          todo(2) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  const auto pinger = ping(link, 3, 0);
  pinger.must_exit(1);
  room.settles();
  const auto requests = requests_on(link);
  if (requests.size() != 3)
    fails(cause::kMechanismNotUsed, "three echo requests leave the host",
          fmt::format("{} did", requests.size()));
  for (unsigned i = 0; i < 3; ++i) {
    const std::string icmp = requests[i].payload();
    if (byte_at(icmp, 1) != 0 || icmp.size() != 8 + 56)
      fails(cause::kWrongOutput, "an echo request has code 0 and 56 bytes of data",
            fmt::format("code {}, {} bytes in all", byte_at(icmp, 1), icmp.size()));
    if (sequence_of(requests[i]) != i + 1 || number_at(icmp, 4) != number_at(requests[0].payload(), 4))
      fails(cause::kWrongOutput, "sequence numbers count from 1, the identifier stays",
            fmt::format("request {} has sequence number {}", i + 1, sequence_of(requests[i])));
  }
}

TEST_CASE("the checksum is right, whatever the length" * rule("S3") * todo(2) * points(3)) {
  Room room(with_raw_sockets());
  Link link(room);
  for (const int size : {0, 1, 2, 56, 57, 999, 1400}) {
    const std::size_t before = requests_on(link).size();
    ping(link, 1, 0, size).must_exit(1);
    room.settles();
    const auto requests = requests_on(link);
    if (requests.size() != before + 1)
      fails(cause::kMechanismNotUsed, "an echo request leaves the host", "none did");
    const std::string icmp = requests.back().payload();
    if (checksum(icmp) != 0)
      fails(cause::kWrongOutput,
            fmt::format("with {} bytes of data the checksum is {:04x}", size,
                        number_at(with_checksum(icmp, 2), 2)),
            fmt::format("it is {:04x}", number_at(icmp, 2)));
  }
}

// Waiting.

TEST_CASE("it sleeps until a packet comes" * rule("S4") * todo(3) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  answers_by(link, [](const Packet&) {});
  const auto pinger = ping(link, 1, kLong);
  pinger.must_block(on("raw_socket"));
  pinger.kill();
}

TEST_CASE("what is not answered in time is lost, and the next request follows" * rule("S4") * todo(3) *
          points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  answers_by(link, [](const Packet&) {});
  must_have_come_to(ping(link, 3, kShort), {"lost", "lost", "lost"});
}

TEST_CASE("packets of others do not prolong the wait" * rule("S4") * todo(3) * points(2)) {
  Room room(with_raw_sockets());
  room.requires_tool("ping");
  Link link(room);
  link.follows([](const Packet& packet, Fate& fate) {  // b's own requests arrive, its replies do not
    if (packet.from == Side::b && byte_at(packet.payload(), 0) == kEchoReply) fate.copies = 0;
  });
  const auto other =
      link.b().start({"/usr/bin/ping", "-q", "-c", "100", "-i", "0.05", link.a().address()}, "ping");
  const auto pinger = ping(link, 2, 4 * kShort);
  must_have_come_to(pinger, {"lost", "lost"});
  if (other.ended())
    fails(cause::kNoProgress, "it gives up when the time-out has come, whatever else comes",
          "it waited as long as packets of somebody else's ping came");
  other.kill();
}

TEST_CASE("an interrupted call changes nothing" * rule("S4") * todo(3) * points(1)) {
  Room room(with_raw_sockets());
  Link link(room, {.delay = milliseconds(5)});
  std::vector<Fault> faults;
  for (const char* call : {"poll", "select", "epoll_wait", "recvfrom", "recvmsg", "read"}) {
    faults.push_back(interrupt(call, 1));
    faults.push_back(interrupt(call, 3));
  }
  for (Fault& fault : faults)
    if (fault.call == "recvfrom" || fault.call == "recvmsg" || fault.call == "read")
      fault.on = Fault::On::socket;
  must_get_all(room, ping(link, 3, kLong, 56, faults), 3);
}

// Replies.

TEST_CASE("the kernel at the other end answers, and each reply is told" * rule("S5") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  must_get_all(room, ping(link, 4, kLong), 4);
  must_get_all(room, ping(link, 1, kLong, 57), 1);
}

TEST_CASE("the round-trip time is that of the packet" * rule("S5") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room, {.delay = milliseconds(30)});
  const auto began = std::chrono::steady_clock::now();
  const auto pinger = ping(link, 2, kLong);
  room.settles();
  if (!pinger.ended()) must_get_all(room, pinger, 2);
  const auto lines = lines_of(pinger.output());
  const std::chrono::duration<double, std::milli> all = std::chrono::steady_clock::now() - began;
  double sum = 0;
  for (int i = 0; i < 2; ++i) {
    const double time = must_be_reply(
        i < static_cast<int>(lines.size()) ? lines[static_cast<std::size_t>(i)] : "", i + 1, 64);
    if (time < 60)
      fails(cause::kWrongOutput, "over 30 ms each way a round trip takes at least 60 ms",
            fmt::format("pinger says {} ms", time < 1 ? "less than 1" : "less than 60"));
    sum += time;
  }
  if (sum > all.count())
    fails(cause::kWrongOutput, "two round trips, one after the other, take no longer than the whole run",
          "the times that pinger prints are longer");
  pinger.must_exit(0);
}

TEST_CASE("on the loopback its own request is no reply" * rule("S6") * todo(4) * points(1)) {
  Room room(with_raw_sockets());
  room.requires_namespaces("raw sockets need a network of the room's own");
  must_get_all(room, room.start({"pinger", "127.0.0.1", "3", std::to_string(kLong)}), 3);
}

TEST_CASE("an echo request with its own numbers is no reply" * rule("S6") * todo(4) * points(2)) {
  must_be_ignored({.type = kEchoRequest});
}

TEST_CASE("an ICMP error is no reply" * rule("S6") * todo(4) * points(1)) {
  must_be_ignored({.type = kUnreachable, .code = 1});
}

TEST_CASE("a reply to somebody else's request is no reply" * rule("S6") * todo(4) * points(2)) {
  must_be_ignored({.id_off = 1});
  must_be_ignored({.id_off = 256});
}

TEST_CASE("a reply from another host is no reply" * rule("S6") * todo(4) * points(1)) {
  must_be_ignored({.last_of_source = 77});
}

TEST_CASE("a reply whose checksum is wrong is no reply" * rule("S6") * todo(4) * points(1)) {
  must_be_ignored({.sum_off = 1});
}

TEST_CASE("a late reply is not taken for the next one's" * rule("S6") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  std::optional<Packet> first;
  answers_by(link, [&](const Packet& request) {
    if (sequence_of(request) == 1) first = request;
    if (sequence_of(request) != 2) return;
    link.puts(Side::a, answer_to(*first));
    link.puts(Side::a, answer_to(request, {.id_off = 7}));
    link.puts(Side::a, answer_to(request, {.sequence_off = 256}));
  });
  must_have_come_to(ping(link, 2, kShort), {"lost", "lost"});
}

TEST_CASE("IP options before the reply do not move it out of sight" * rule("S6") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  answers_by(link, [&](const Packet& request) {
    link.puts(Side::a, answer_to(request, {.options = sequence_of(request), .ttl = 33}));
  });
  must_get_all(room, ping(link, 4, kLong), 4, 33);
}

TEST_CASE("doubled replies, and one that is lost" * rule("S7") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  Link link(room);
  link.doubles(Side::b, 1);
  link.loses(Side::a, 3);
  must_have_come_to(ping(link, 4, 15 * kShort), {"reply", "reply", "lost", "reply"});
}

TEST_CASE("ping beside it gets its own replies, and it its own" * rule("S6") * todo(4) * points(2)) {
  Room room(with_raw_sockets());
  room.requires_tool("ping");
  Link link(room, {.delay = milliseconds(5)});
  const auto other = link.a().start({"/usr/bin/ping", "-c", "5", "-i", "0.02", link.b().address()}, "ping");
  const auto pinger = ping(link, 20, kLong);
  must_get_all(room, pinger, 20);
  if (other.output().find("5 received") == std::string::npos)
    fails(cause::kWrongOutput, "ping gets its five replies", "ping prints: " + other.output().substr(0, 300));
}
