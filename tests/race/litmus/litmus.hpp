// What the litmus programs have in common. A program NAME.cpp is racy as it stands, unless its first line
// says ORDERED; compiled with -DMENDED it is the same program mended. Its first line says which two lines
// race: those that end in the comments A and B ("// RACE"), or that luck can order them in one run ("// RACE
// by luck"), or which misuse is found.
#pragma once

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <new>

/// In memory that children share, zeroed.
template <typename T>
T* shared(std::size_t count = 1) {
  void* at = ::mmap(nullptr, sizeof(T) * count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return new (at) T[count]();
}

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

/// What a value is read for, so that the compiler cannot leave the reading out.
inline void use(long value) { asm volatile("" : : "r"(value)); }

inline void make_lock(pthread_mutex_t* lock, bool process_shared = true) {
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes,
                                 process_shared ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE);
  ::pthread_mutex_init(lock, &attributes);
}
