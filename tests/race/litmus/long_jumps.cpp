// RACE
// Frames that longjmp leaves behind do not hide where it happens.
#include <csetjmp>
#include "litmus.hpp"
std::jmp_buf back;
[[gnu::noinline]] void inner() { std::longjmp(back, 1); }
[[gnu::noinline]] void outer() {
  inner();
  asm volatile("");
}
[[gnu::noinline]] void there_and_back() {
  if (setjmp(back) == 0) outer();
}
int main() {
  auto* value = shared<int>();
  child([=] {
    for (int i = 0; i < 200; ++i) there_and_back();
    *value = 1;  // A
  });
#ifdef MENDED
  reap_all();
#endif
  use(*value);  // B
  reap_all();
}
