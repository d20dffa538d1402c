// RACE
// The parent reads the result before it has waited for the child.
#include "litmus.hpp"
int main() {
  auto* result = shared<long>();
  child([&] { *result = 42; });  // A
#ifdef MENDED
  reap_all();
#endif
  use(*result);  // B
  reap_all();
}
