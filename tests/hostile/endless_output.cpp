// Prints for ever.

#include <unistd.h>

int main() {
  static const char much[65536] = {};
  while (::write(1, much, sizeof much) > 0) {
  }
}
