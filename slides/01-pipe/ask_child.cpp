// ask_child.cpp
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

int main() {
  int ends[2];
  if (pipe(ends) != 0) return perror("pipe"), 1;
  if (fork() == 0) {
    close(ends[0]);
    dprintf(ends[1], "%d\n", 6 * 7);
    return 0;  // the kernel closes its write end
  }
  close(ends[1]);  // or the loop never ends
  char byte;
  while (read(ends[0], &byte, 1) == 1) putchar(byte);
  wait(nullptr);
}
