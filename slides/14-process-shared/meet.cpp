// meet.cpp
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

int main() {
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  auto* barrier = static_cast<pthread_barrier_t*>(memory);
  pthread_barrierattr_t shared;
  pthread_barrierattr_init(&shared);
  pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(barrier, &shared, 2);
  const bool is_child = fork() == 0;
  pthread_barrier_wait(barrier);  // sleeps until both have come
  std::puts(is_child ? "child goes on" : "parent goes on");
  if (!is_child) wait(nullptr);
}
