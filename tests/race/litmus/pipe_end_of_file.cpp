// RACE
// End-of-file says that the writers have ended. Racy: the parent reads one byte only.
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  int ends[2];
  (void)::pipe(ends);
  child([&] {
    (void)::write(ends[1], "x", 1);
    *value = 1;  // A
  });
  ::close(ends[1]);
  char byte;
  (void)::read(ends[0], &byte, 1);
#ifdef MENDED
  while (::read(ends[0], &byte, 1) > 0) {
  }
#endif
  use(*value);  // B
  reap_all();
}
