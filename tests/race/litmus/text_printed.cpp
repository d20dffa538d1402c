// RACE
// printf reads what %s points to; strcpy writes it.
#include <cstring>
#include "litmus.hpp"
int main(int argc, char** argv) {
  auto* text = shared<char>(64);
  child([&] {
    char line[80];
    std::snprintf(line, sizeof line, "%5d %s\n", argc, text);  // A
    use(line[0]);
  });
#ifdef MENDED
  reap_all();
#endif
  std::strcpy(text, argv[0] + std::strlen(argv[0]) - 5);  // B
  reap_all();
}
