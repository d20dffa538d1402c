// pinger HOST [COUNT [TIME-OUT [SIZE]]]
//
// Given: sends echo requests one after another and says what becomes of each. HOST is an IPv4 address.
// TIME-OUT is in milliseconds; 0: sends, and waits for nothing. SIZE is the number of data bytes in a
// request.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <random>
#include <system_error>

#include "icmp.hpp"

namespace {

constexpr int kAnswered = 0, kSilent = 1, kFailed = 2;  // exit statuses
constexpr char kEchoRequest = 8;

struct Settings {
  in_addr host{};
  int count = 4, time_out = 1000, size = 56;
};

bool parse(int argc, char** argv, Settings& settings) {
  if (argc < 2 || argc > 5 || ::inet_pton(AF_INET, argv[1], &settings.host) != 1) return false;
  if (argc > 2) settings.count = std::atoi(argv[2]);
  if (argc > 3) settings.time_out = std::atoi(argv[3]);
  if (argc > 4) settings.size = std::atoi(argv[4]);
  return settings.count > 0 && settings.count < 65536 && settings.time_out >= 0 && settings.size >= 0 &&
         settings.size <= 1400;
}

/// RFC 792: type, code, checksum, identifier, sequence number, data; numbers are big-endian.
std::string request_for(const Question& question, int size) {
  std::string packet{kEchoRequest, 0, 0, 0};
  for (const unsigned number : {question.id, question.sequence}) {
    packet += static_cast<char>(number >> 8);
    packet += static_cast<char>(number & 0xff);
  }
  for (int i = 0; i < size; ++i) packet += static_cast<char>(i + 1);
  const unsigned sum = checksum(packet);
  packet[2] = static_cast<char>(sum >> 8);
  packet[3] = static_cast<char>(sum & 0xff);
  return packet;
}

void send_to(int socket, const in_addr& host, const std::string& packet) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr = host;
  while (::sendto(socket, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                  sizeof to) < 0)
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "sendto");
}

/// True: an answer came in time.
bool ask(int socket, const Settings& settings, const Question& question) {
  const auto sent = Clock::now();
  send_to(socket, settings.host, request_for(question, settings.size));
  if (settings.time_out == 0) return false;
  const auto deadline = sent + std::chrono::milliseconds(settings.time_out);
  while (const auto packet = receive(socket, deadline)) {
    const auto ttl = ttl_of_reply(*packet, question);
    if (!ttl) continue;
    const std::chrono::duration<double, std::milli> time = Clock::now() - sent;
    std::printf("reply seq=%d ttl=%d time=%.3f ms\n", question.sequence, *ttl, time.count());
    return true;
  }
  std::printf("lost seq=%d\n", question.sequence);
  return false;
}

}  // namespace

int main(int argc, char** argv) try {
  Settings settings;
  if (!parse(argc, argv, settings)) {
    std::fprintf(stderr, "usage: pinger HOST [COUNT [TIME-OUT in milliseconds [SIZE]]]\n");
    return kFailed;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const int socket = open_raw_socket();
  const auto id = static_cast<std::uint16_t>(std::random_device{}());
  int answered = 0;
  for (int i = 1; i <= settings.count; ++i)
    answered += ask(socket, settings, {settings.host.s_addr, id, static_cast<std::uint16_t>(i)});
  std::printf("%d sent, %d received, %d%% lost\n", settings.count, answered,
              (settings.count - answered) * 100 / settings.count);
  return answered > 0 ? kAnswered : kSilent;
} catch (const std::system_error& error) {
  std::fprintf(stderr, "pinger: %s\n", error.what());
  if (error.code().value() == EPERM)
    std::fprintf(stderr,
                 "pinger: a raw socket needs root, or the capability CAP_NET_RAW (capabilities(7))\n");
  return kFailed;
} catch (const std::exception& error) {
  std::fprintf(stderr, "pinger: %s\n", error.what());
  return kFailed;
}
