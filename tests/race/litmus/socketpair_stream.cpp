// RACE
// Both directions of a socket pair; the answer tells about what was done before it.
#include <sys/socket.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>(2);
  int ends[2];
  (void)::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  child([&] {
    char byte;
    (void)::read(ends[1], &byte, 1);
    use(value[0]);
#ifdef MENDED
    value[1] = 1;
    (void)::write(ends[1], "y", 1);
#else
    (void)::write(ends[1], "y", 1);
    value[1] = 1;  // A
#endif
  });
  value[0] = 1;
  (void)::write(ends[0], "x", 1);
  char byte;
  (void)::read(ends[0], &byte, 1);
  use(value[1]);  // B
  reap_all();
}
