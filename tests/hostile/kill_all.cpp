// Kills everybody it can. Only ever run in a pid namespace of its own.

#include <signal.h>
#include <unistd.h>

int main() {
  if (::getpid() > 1000) return 2;  // this is no fresh pid namespace: do nothing
  return ::kill(-1, SIGKILL) == 0 ? 0 : 1;
}
