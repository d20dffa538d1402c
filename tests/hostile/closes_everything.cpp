// Closes every descriptor and stays.

#include <unistd.h>

int main() {
  for (int fd = 0; fd < 1024; ++fd) ::close(fd);
  for (;;) ::pause();
}
