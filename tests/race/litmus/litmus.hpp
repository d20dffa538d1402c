// What the litmus programs have in common. A program NAME.cpp is racy as it stands, unless its first line
// says ORDERED; compiled with -DMENDED it is the same program mended. Its first line says which two lines
// race: those that end in the comments A and B ("// RACE"), or that luck can order them in one run ("// RACE
// by luck"), or which misuse is found; after "calls it" stands what the
// report must call the memory. Compiled with -DTHREADS children are threads of one process, for other
// detectors. The large_*.cpp do as much as their argument says (bench/race_speed.cpp).
#pragma once

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#ifdef THREADS
#include <thread>
#include <vector>
#endif

/// In memory that children share, zeroed.
template <typename T>
T* shared(std::size_t count = 1) {
  void* at = ::mmap(nullptr, sizeof(T) * count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return new (at) T[count]();
}

#ifdef THREADS
inline std::vector<std::thread> threads;

template <typename Function>
void child(Function function) {
  threads.emplace_back(function);
}

inline void reap_all() {
  for (std::thread& thread : threads) thread.join();
  threads.clear();
}
#else
template <typename Function>
pid_t child(Function function) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  function();
  std::fflush(stdout);
  ::_exit(0);
}

inline void reap_all() {
  while (::wait(nullptr) > 0) {
  }
}
#endif

/// How often a large program does what it does.
inline int rounds(int count, char** arguments, int usual) {
  return count > 1 ? std::atoi(arguments[1]) : usual;
}

/// What a value is read for, so that the compiler cannot leave the reading out.
inline void use(long value) { asm volatile("" : : "r"(value)); }

inline void make_lock(pthread_mutex_t* lock, bool process_shared = true) {
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes,
                                 process_shared ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE);
  ::pthread_mutex_init(lock, &attributes);
}

/// Locks in the mended program.
inline void lock_if_mended([[maybe_unused]] pthread_mutex_t* lock) {
#ifdef MENDED
  ::pthread_mutex_lock(lock);
#endif
}
inline void unlock_if_mended([[maybe_unused]] pthread_mutex_t* lock) {
#ifdef MENDED
  ::pthread_mutex_unlock(lock);
#endif
}

/// Of as many as take part; the racy program goes past it.
inline void make_barrier(pthread_barrier_t* barrier, unsigned members) {
  pthread_barrierattr_t attributes;
  ::pthread_barrierattr_init(&attributes);
  ::pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_barrier_init(barrier, &attributes, members);
}
