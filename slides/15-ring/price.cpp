// price.cpp
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

struct Board {
  long price;
  std::atomic<int> is_set;
};

int main() {
  void* memory = mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  Board& board = *static_cast<Board*>(memory);
  if (fork() == 0) {
    board.price = 42;
    board.is_set.store(1, std::memory_order_release);
    return 0;
  }
  while (board.is_set.load(std::memory_order_acquire) == 0) continue;
  std::printf("%ld\n", board.price);
}
