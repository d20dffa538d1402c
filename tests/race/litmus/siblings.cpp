// RACE
// Two children write the same cell; mended, each has its own.
#include "litmus.hpp"
int main() {
  auto* cells = shared<int>(2);
  child([&] { cells[0] = 1; });  // A
#ifdef MENDED
  child([&] { cells[1] = 2; });
#else
  child([&] { cells[0] = 2; });  // B
#endif
  reap_all();
  use(cells[0] + cells[1]);
}
