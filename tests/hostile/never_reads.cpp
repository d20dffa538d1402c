// Never reads its input.

#include <unistd.h>

int main() {
  for (;;) ::pause();
}
