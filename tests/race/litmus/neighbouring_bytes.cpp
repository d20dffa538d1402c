// RACE
// Bytes beside each other are no race; overlapping ones are.
#include "litmus.hpp"
int main() {
  auto* bytes = shared<unsigned char>(64);
  child([&] {
    for (int i = 0; i < 4; ++i) bytes[i] = 1;  // A
  });
#ifdef MENDED
  for (int i = 4; i < 8; ++i) bytes[i] = 2;
#else
  for (int i = 3; i < 8; ++i) bytes[i] = 2;  // B
#endif
  reap_all();
}
