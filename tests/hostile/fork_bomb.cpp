// Forks for ever, in every child.

#include <unistd.h>

int main() {
  for (;;) ::fork();
}
