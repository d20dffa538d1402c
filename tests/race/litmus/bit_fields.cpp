// RACE
// Bit-fields side by side are one memory location.
#include "litmus.hpp"
struct Flags {
  unsigned ready : 4, done : 4;
  unsigned other;
};
int main() {
  auto* flags = shared<Flags>();
  child([=] { flags->ready = 1; });  // A
#ifdef MENDED
  flags->other = 1;
#else
  flags->done = 1;  // B
#endif
  reap_all();
}
