// RACE
// A third process moves the byte from pipe to pipe without reading it.
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  int first[2], second[2];
  if (::pipe(first) != 0 || ::pipe(second) != 0) std::abort();
  child([=] {
#ifdef MENDED
    *value = 1;
#endif
    if (::write(first[1], "x", 1) != 1) std::abort();
#ifndef MENDED
    *value = 1;  // A
#endif
  });
  child([=] {
    if (::splice(first[0], nullptr, second[1], nullptr, 1, 0) != 1) std::abort();
  });
  char byte;
  if (::read(second[0], &byte, 1) != 1) std::abort();
  use(*value);  // B
  reap_all();
}
