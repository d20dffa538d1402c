// RACE
// Lines through a pipe by the C library's streams.
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  int ends[2];
  (void)::pipe(ends);
  child([&] {
    std::FILE* in = ::fdopen(ends[0], "r");
    char line[32];
    use(std::fgets(line, sizeof line, in) != nullptr);
    use(*value);  // A
  });
  std::FILE* out = ::fdopen(ends[1], "w");
#ifdef MENDED
  *value = 1;
#endif
  std::fprintf(out, "ready\n");
  std::fflush(out);
#ifndef MENDED
  *value = 1;  // B
#endif
  reap_all();
}
