// Many processes, each of which takes as much memory as one may.

#include <unistd.h>

#include <cstdlib>
#include <cstring>

int main() {
  for (int i = 0; i < 20; ++i)
    if (::fork() == 0) break;
  for (std::size_t size = std::size_t{1} << 40; size >= 4096; size /= 2)
    while (void* memory = std::malloc(size)) std::memset(memory, 1, size);
  for (;;) ::pause();
}
