// Another right way: a process for each transfer, which blocks in recvfrom and has the socket end the wait
// (SO_RCVTIMEO). The time that is left is set anew before each wait, so that a stranger cannot prolong it.

#include "tftpd.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTries = 5;

std::string two(unsigned number) {
  return std::string(1, static_cast<char>(number / 256)) + static_cast<char>(number % 256);
}

int number_at(const std::string& bytes, std::size_t place) {
  if (bytes.size() < place + 2) return -1;
  return static_cast<unsigned char>(bytes[place]) * 256 + static_cast<unsigned char>(bytes[place + 1]);
}

bool receive(int socket, std::string& bytes, sockaddr_in& from) {
  bytes.resize(65536);
  socklen_t size = sizeof from;
  const ssize_t n =
      ::recvfrom(socket, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
  if (n >= 0) bytes.resize(static_cast<std::size_t>(n));
  return n >= 0;
}

void send(int socket, const sockaddr_in& to, const std::string& packet) {
  while (::sendto(socket, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                  sizeof to) < 0 &&
         errno == EINTR) {
  }
}

void send_error(int socket, const sockaddr_in& to, unsigned code) {
  send(socket, to, two(5) + two(code) + "refused" + '\0');
}

/// 0, or the error's code. Goes from directory to directory and follows no link at all.
unsigned open_file(int directory, std::string name, int& file) {
  int at = ::dup(directory);
  if (name[0] == '/') return 2;
  for (;;) {
    const auto slash = name.find('/');
    const std::string part = name.substr(0, slash);
    const bool last = slash == std::string::npos;
    if (part == "..") return 2;
    const int next =
        ::openat(at, part.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (last ? 0 : O_DIRECTORY));
    const int error = errno;
    struct stat status {};
    const bool link =
        ::fstatat(at, part.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
    ::close(at);
    if (next < 0) return link || error == EACCES || error == ENXIO ? 2 : 1;  // ENXIO: a socket file
    at = next;
    if (last) break;
    name.erase(0, slash + 1);
  }
  struct stat status {};
  if (::fstat(at, &status) != 0 || !S_ISREG(status.st_mode)) return 2;
  file = at;
  return 0;
}

/// 1: acknowledged, 0: nothing in time, -1: over.
int wait_for_answer(int socket, const sockaddr_in& client, int block, std::chrono::milliseconds time_out) {
  const auto deadline = Clock::now() + time_out;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline - Clock::now()).count();
    if (left <= 0) return 0;
    const timeval wait{left / 1'000'000, left % 1'000'000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    std::string bytes;
    sockaddr_in from{};
    if (!receive(socket, bytes, from)) continue;
    const int opcode = number_at(bytes, 0);
    const bool ours = from.sin_addr.s_addr == client.sin_addr.s_addr && from.sin_port == client.sin_port;
    if (!ours && opcode != 5) send_error(socket, from, 5);
    if (!ours) continue;
    if (opcode == 5) return -1;
    if (opcode == 4 && number_at(bytes, 2) == block) return 1;
  }
}

void transfer(int directory, const std::string& name, const sockaddr_in& client,
              std::chrono::milliseconds time_out) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  int fd = -1;
  if (const unsigned error = open_file(directory, name, fd)) return send_error(socket, client, error);
  FILE* const file = ::fdopen(fd, "r");
  for (int block = 1;; ++block) {
    char data[512];
    const std::size_t size = std::fread(data, 1, sizeof data, file);
    int answer = 0;
    for (int tries = 0; answer == 0 && tries < kTries; ++tries) {
      send(socket, client, two(3) + two(static_cast<unsigned>(block)) + std::string(data, size));
      answer = wait_for_answer(socket, client, block, time_out);
    }
    if (answer < 0 || answer == 0 || size < sizeof data) return;
  }
}

}  // namespace

void serve(int socket, int directory, std::chrono::milliseconds time_out) {
  ::signal(SIGCHLD, SIG_IGN);  // no zombies: wait(2), NOTES
  for (;;) {
    std::string bytes;
    sockaddr_in client{};
    if (!receive(socket, bytes, client) || number_at(bytes, 0) == 5) continue;
    const auto name_end = bytes.find('\0', 2);
    if (number_at(bytes, 0) != 1 || name_end == std::string::npos || name_end == 2 ||
        bytes.find('\0', name_end + 1) == std::string::npos ||
        ::strcasecmp(bytes.c_str() + name_end + 1, "octet") != 0) {
      send_error(socket, client, 4);
      continue;
    }
    if (::fork() != 0) continue;
    ::close(socket);
    transfer(directory, bytes.substr(2, name_end - 2), client, time_out);
    ::_exit(0);
  }
}
