// RACE
// Datagrams between two named sockets: each carries its own order.
#include <sys/socket.h>
#include <sys/un.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>(2);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "litmus-dgram-%d", ::getpid());
  const int in = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  ::bind(in, reinterpret_cast<sockaddr*>(&address), sizeof address);
  child([&] {
    const int out = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    value[0] = 1;
    (void)::sendto(out, "first", 5, 0, reinterpret_cast<sockaddr*>(&address), sizeof address);
    value[1] = 2;  // A
    (void)::sendto(out, "second", 6, 0, reinterpret_cast<sockaddr*>(&address), sizeof address);
  });
  char text[16];
  (void)::recv(in, text, sizeof text, 0);
  use(value[0]);
#ifdef MENDED
  (void)::recv(in, text, sizeof text, 0);
#endif
  use(value[1]);  // B
  reap_all();
}
