// ready.cpp
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::puts("preparing");
  std::fflush(stdout);
  const int fifo = open(argv[1], O_WRONLY | O_CLOEXEC);  // sleeps until somebody wants to know
  if (fifo < 0) return perror(argv[1]), 1;
  dprintf(fifo, "process %d is ready\n", getpid());
  return 0;
}
