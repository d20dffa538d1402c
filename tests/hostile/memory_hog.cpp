// Wants 20 GiB and touches what it gets. Exit status 0: it was refused.

#include <cstdlib>
#include <cstring>

int main() {
  for (int gib = 0; gib < 20; ++gib) {
    void* memory = std::malloc(std::size_t{1} << 30);
    if (!memory) return 0;
    std::memset(memory, 1, std::size_t{1} << 30);
  }
  return 1;
}
