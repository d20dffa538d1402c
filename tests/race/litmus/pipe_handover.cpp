// RACE
// A byte through a pipe says that the value is there; it is written only afterwards.
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  int ends[2];
  (void)::pipe(ends);
  child([&] {
    char byte;
    (void)::read(ends[0], &byte, 1);
    use(*value);  // A
  });
#ifdef MENDED
  *value = 1;
  (void)::write(ends[1], "x", 1);
#else
  (void)::write(ends[1], "x", 1);
  *value = 1;  // B
#endif
  reap_all();
}
