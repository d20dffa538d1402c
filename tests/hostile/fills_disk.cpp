// Writes to /tmp and /dev/shm until they are full. Exit status 0: it was stopped in both.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <string>

int main() {
  ::signal(SIGXFSZ, SIG_IGN);
  static const char much[1 << 20] = {};
  for (const char* place : {"/tmp", "/dev/shm"}) {
    long mib = 0;
    for (int n = 0; n < 8; ++n) {
      const int file = ::open((place + ("/big" + std::to_string(n))).c_str(), O_WRONLY | O_CREAT, 0600);
      while (::write(file, much, sizeof much) > 0)
        if (++mib > 1024) return 1;
    }
  }
  return 0;
}
