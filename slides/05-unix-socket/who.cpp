// who.cpp
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

int main() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return perror("socketpair"), 1;
  if (fork() == 0) {
    close(ends[0]);
    dprintf(ends[1], "two");
    dprintf(ends[1], "messages");
    return 0;
  }
  close(ends[1]);
  ucred maker{};
  socklen_t size = sizeof maker;
  getsockopt(ends[0], SOL_SOCKET, SO_PEERCRED, &maker, &size);
  std::printf("made by process %d, me: %s\n", maker.pid, maker.pid == getpid() ? "yes" : "no");
  char text[64];
  for (ssize_t n; (n = read(ends[0], text, sizeof text)) > 0;) std::printf("%zd: %.*s\n", n, int(n), text);
  wait(nullptr);
}
