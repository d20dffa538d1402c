// RACE
// Two writers, one reader: after two bytes both values are there.
#include "litmus.hpp"
int main() {
  auto* value = shared<int>(2);
  int ends[2];
  (void)::pipe(ends);
  for (int i = 0; i < 2; ++i)
    child([&, i] {
#ifdef MENDED
      value[i] = 1;
      (void)::write(ends[1], "x", 1);
#else
      (void)::write(ends[1], "x", 1);
      value[i] = 1;  // A
#endif
    });
  char byte;
  (void)::read(ends[0], &byte, 1);
  (void)::read(ends[0], &byte, 1);
  use(value[0] + value[1]);  // B
  reap_all();
}
