// tftpd DIRECTORY PORT [TIME-OUT]
//
// Given: opens the directory, binds the server's port, and hands both to serve(). Says "ready" when it has.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <system_error>

#include "tftpd.hpp"

namespace {

constexpr int kFailed = 1, kUsage = 2;
constexpr int kDefaultTimeOut = 1000;  // milliseconds

int checked(int result, const std::string& what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

int bound_to(int port) {
  const int fd = checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_ANY);
  own.sin_port = htons(static_cast<std::uint16_t>(port));
  checked(::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own), "port " + std::to_string(port));
  return fd;
}

}  // namespace

int main(int argc, char** argv) try {
  const int port = argc >= 3 ? std::atoi(argv[2]) : 0;
  const int time_out = argc == 4 ? std::atoi(argv[3]) : kDefaultTimeOut;
  if (argc < 3 || argc > 4 || port < 1 || port > 65535 || time_out < 1) {
    std::fprintf(stderr, "usage: tftpd DIRECTORY PORT [TIME-OUT in milliseconds]\n");
    return kUsage;
  }
  const int directory = checked(::open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC), argv[1]);
  const int socket = bound_to(port);
  std::puts("ready");
  std::fflush(stdout);
  serve(socket, directory, std::chrono::milliseconds(time_out));
} catch (const std::exception& error) {
  std::fprintf(stderr, "tftpd: %s\n", error.what());
  return kFailed;
}
