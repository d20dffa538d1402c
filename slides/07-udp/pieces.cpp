// pieces.cpp
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>

int main() {
  const int box = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in self{};
  self.sin_family = AF_INET;
  self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* address = reinterpret_cast<sockaddr*>(&self);
  socklen_t size = sizeof self;
  if (bind(box, address, size) != 0) return perror("bind"), 1;  // port 0: any that is free
  getsockname(box, address, &size);
  for (const char* text : {"long datagram", "", "short"})
    sendto(box, text, std::strlen(text), 0, address, size);
  for (int i = 0; i < 3; ++i) {
    char room[8];
    const ssize_t length = recv(box, room, sizeof room, MSG_TRUNC);
    std::printf("it had %zd bytes; there was room for %zu\n", length, sizeof room);
  }
}
