// ask.cpp
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "ask HOST PORT QUESTION\n"), 2;
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(argv[1], argv[2], &wanted, &found) != 0) return 1;
  const int server = socket(found->ai_family, found->ai_socktype, 0);
  if (connect(server, found->ai_addr, found->ai_addrlen) != 0) return perror(argv[1]), 1;
  dprintf(server, "%s\n", argv[3]);
  shutdown(server, SHUT_WR);  // I have said all …
  char piece[512];            // … and listen until you have
  for (ssize_t n; (n = read(server, piece, sizeof piece)) > 0;) fwrite(piece, 1, n, stdout);
  freeaddrinfo(found);
}
