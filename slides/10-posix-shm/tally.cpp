// tally.cpp
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

int main() {
  const int object = shm_open("/tally", O_RDWR | O_CREAT | O_EXCL, 0600);
  if (object < 0 || ftruncate(object, sizeof(long)) != 0) return perror("/tally"), 1;
  shm_unlink("/tally");  // the object lives on while it is open or mapped
  void* memory = mmap(nullptr, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
  if (memory == MAP_FAILED) return perror("mmap"), 1;
  long* tally = static_cast<long*>(memory);
  const bool is_child = fork() == 0;
  for (int i = 0; i < 1000; ++i) *tally = *tally + 1;
  if (is_child) return 0;
  wait(nullptr);
  std::printf("%ld\n", *tally);
}
