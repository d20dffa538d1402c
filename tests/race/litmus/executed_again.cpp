// RACE
// A process that executes itself again and again lives on, whoever looks meanwhile.
#include <string.h>
#include "litmus.hpp"
constexpr int kObject = 77;
static long* object() {
  return static_cast<long*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, kObject, 0));
}
int main(int count, char** arguments) {
  const char left = count > 1 ? arguments[1][0] : '5';
  if (count == 1) {
    const int made = ::memfd_create("litmus", 0);
    (void)::ftruncate(made, 4096);
    ::dup2(made, kObject);
  }
  if (count > 1 || ::fork() == 0) {
    *object() += 1;  // A
    const char next[] = {static_cast<char>(left - 1), '\0'};
    if (left > '0') ::execl("/proc/self/exe", arguments[0], next, static_cast<char*>(nullptr));
    return 0;
  }
#ifdef MENDED
  reap_all();
#endif
  *object() += 1;  // B
  reap_all();
}
