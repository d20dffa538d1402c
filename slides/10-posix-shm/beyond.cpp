// beyond.cpp
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>

int main() {
  const int object = memfd_create("ten bytes", 0);  // shared memory without a name
  if (object < 0 || ftruncate(object, 10) != 0) return 1;
  void* memory = mmap(nullptr, 8192, PROT_READ, MAP_SHARED, object, 0);
  if (memory == MAP_FAILED) return 1;
  const volatile char* bytes = static_cast<char*>(memory);
  for (const int at : {9, 10, 4095, 4096}) {
    std::printf("byte %4d: %d\n", at, bytes[at]);
    std::fflush(stdout);
  }
}
