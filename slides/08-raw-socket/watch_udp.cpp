// watch_udp.cpp
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdio>

int main() {
  const int all = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
  if (all < 0) return perror("socket"), 1;
  unsigned char packet[65536];
  for (;;) {
    const ssize_t length = recv(all, packet, sizeof packet, 0);
    if (length < 20) return 1;
    const int header = (packet[0] % 16) * 4;
    const unsigned char* udp = packet + header;
    std::printf("%zd bytes: IP header %d, from port %d to port %d\n", length, header, udp[0] * 256 + udp[1],
                udp[2] * 256 + udp[3]);
    std::fflush(stdout);
  }
}
