// RACE
// sscanf writes what its conversions say.
#include "litmus.hpp"
int main() {
  auto* value = shared<int>(8);
  child([=] {
    if (std::sscanf("12 word %", "%*d %4s %%", reinterpret_cast<char*>(value)) != 1) ::_exit(1);  // A
  });
#ifdef MENDED
  use(value[2]);
#else
  use(value[1]);  // B
#endif
  reap_all();
}
