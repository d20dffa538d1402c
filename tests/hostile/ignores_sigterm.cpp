// Ignores every signal that can be ignored.

#include <signal.h>
#include <unistd.h>

int main() {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_IGN);
  for (;;) ::pause();
}
