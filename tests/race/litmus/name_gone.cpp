// RACE by luck
// That a file is no longer there is a sign; and that there is one now, whoever made it.
#include <sys/stat.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>(2);
  char name[] = "/tmp/litmus-XXXXXX", other[] = "/tmp/litmus-XXXXXX";
  ::close(::mkstemp(name));
  ::close(::mkstemp(other));
  ::unlink(other);
  child([=] {
#ifdef MENDED
    value[0] = 1;
    ::unlink(name);
    value[1] = 1;
    std::fclose(std::fopen(other, "w"));
#else
    ::unlink(name);
    value[0] = 1;  // A
    std::fclose(std::fopen(other, "w"));
#endif
  });
  struct stat status {};
  while (::stat(name, &status) == 0) {
  }
  use(value[0]);  // B
  std::FILE* made = nullptr;
  while (!(made = std::fopen(other, "r"))) {
  }
  use(value[1]);
  std::fclose(made);
  reap_all();
  ::unlink(other);
}
