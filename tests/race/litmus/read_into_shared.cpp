// RACE
// read(2) writes into shared memory.
#include "litmus.hpp"
int main() {
  auto* text = shared<char>(64);
  int ends[2];
  (void)::pipe(ends);
  (void)::write(ends[1], "hello", 5);
  child([&] { (void)::read(ends[0], text, 5); });  // A
#ifdef MENDED
  reap_all();
#endif
  use(text[2]);  // B
  reap_all();
}
