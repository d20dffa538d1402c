// RACE
// Of a pipe of packets the rest of one that is longer than was asked for is gone.
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  int ends[2];
  if (::pipe2(ends, O_DIRECT) != 0) return 1;
  child([=] {
    if (::write(ends[1], "a long one", 10) != 10) return;
#ifdef MENDED
    *value = 1;
#endif
    if (::write(ends[1], "b", 1) != 1) return;
#ifndef MENDED
    *value = 1;  // A
#endif
  });
  char text[4];
  if (::read(ends[0], text, 4) != 4 || ::read(ends[0], text, 4) != 1) return 1;
  use(*value);  // B
  reap_all();
}
