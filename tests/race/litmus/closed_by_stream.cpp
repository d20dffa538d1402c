// RACE by luck
// What closes a descriptor gives up its locks: fclose, freopen, dup2, close_range.
#include "litmus.hpp"
int main() {
  auto* value = shared<long>();
  char name[] = "/tmp/litmus-XXXXXX";
  ::close(::mkstemp(name));
  for (int i = 0; i < 4; ++i)
    child([=] {
      std::FILE* file = std::fopen(name, "r+");
      ::lockf(::fileno(file), F_LOCK, 0);
#ifdef MENDED
      *value += 1;
#endif
      if (i == 0) std::fclose(file);
      if (i == 1) file = std::freopen("/dev/null", "r", file);
      if (i == 2) ::dup2(0, ::fileno(file));
      if (i == 3) ::close_range(3, ~0u, 0);
#ifndef MENDED
      *value += 1;  // A B
#endif
    });
  reap_all();
  ::unlink(name);
}
