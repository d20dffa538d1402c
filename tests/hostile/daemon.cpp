// Leaves a grandchild in a session of its own that holds standard output.

#include <unistd.h>

int main() {
  if (::fork() != 0) return 0;
  ::setsid();
  if (::fork() != 0) return 0;
  for (;;) ::pause();
}
