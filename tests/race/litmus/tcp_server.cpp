// RACE
// The same over TCP.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  const int server = ::socket(AF_INET, SOCK_STREAM, 0);
  ::bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(server, 1);
  socklen_t length = sizeof address;
  ::getsockname(server, reinterpret_cast<sockaddr*>(&address), &length);
  child([&] {
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    ::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address);
#ifdef MENDED
    *value = 1;
#endif
    (void)::send(client, "x", 1, 0);
#ifndef MENDED
    *value = 1;  // A
#endif
    char byte;
    (void)::recv(client, &byte, 1, 0);
  });
  const int one = ::accept(server, nullptr, nullptr);
  char byte;
  (void)::recv(one, &byte, 1, 0);
  use(*value);  // B
  ::close(one);
  reap_all();
}
