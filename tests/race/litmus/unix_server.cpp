// RACE
// A server that listens at a path, and its client.
#include <sys/socket.h>
#include <sys/un.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "litmus-%d", ::getpid());
  const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ::bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(server, 1);
  child([&] {
    const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address);
#ifdef MENDED
    *value = 1;
#endif
    (void)::send(client, "x", 1, 0);
#ifndef MENDED
    *value = 1;  // A
#endif
  });
  const int one = ::accept(server, nullptr, nullptr);
  char byte;
  (void)::recv(one, &byte, 1, 0);
  use(*value);  // B
  reap_all();
}
