// Facts that observe/futex.cpp stands on: where glibc keeps a mutex's owner and kind, a condition's waiters,
// a semaphore's waiters (sysdeps/nptl/bits/thread-shared-types.h, struct_mutex.h; nptl/sem_waitcommon.c).
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "fact.hpp"

struct Shared {
  pthread_mutex_t plain, robust;
  pthread_cond_t condition;
  sem_t semaphore;
};

static std::uint32_t word(const void* object, std::size_t offset) {
  std::uint32_t value;
  std::memcpy(&value, static_cast<const char*>(object) + offset, sizeof value);
  return value;
}

static void mutexes(Shared& shared) {
  for (pthread_mutex_t* mutex : {&shared.plain, &shared.robust}) {
    HOLDS(::pthread_mutex_lock(mutex) == 0);
    const pid_t waiter = forked([&] { ::pthread_mutex_lock(mutex); });
    asleep_in(waiter, SYS_futex);
    HOLDS(word(mutex, 8) == static_cast<std::uint32_t>(::gettid()));
    HOLDS(((word(mutex, 16) & 16) != 0) == (mutex == &shared.robust));
    if (mutex == &shared.plain) HOLDS(word(mutex, 0) == 2);
    else HOLDS(word(mutex, 0) == (FUTEX_WAITERS | static_cast<std::uint32_t>(::gettid())));
    end(waiter);
    ::pthread_mutex_unlock(mutex);
  }
  status_of(forked([&] { ::pthread_mutex_lock(&shared.robust); }));  // and ends with it
  HOLDS(word(&shared.robust, 0) & FUTEX_OWNER_DIED);
}

static void condition(Shared& shared) {
  const pid_t waiter = forked([&] {
    ::pthread_mutex_lock(&shared.plain);
    ::pthread_cond_wait(&shared.condition, &shared.plain);
  });
  const std::string call = asleep_in(waiter, SYS_futex);
  const auto slept_on = std::strtoull(call.c_str() + call.find(' '), nullptr, 16);
  const auto begin = reinterpret_cast<std::uint64_t>(&shared.condition);
  HOLDS(slept_on == begin + 40 || slept_on == begin + 44);
  const std::size_t group = slept_on == begin + 40 ? 0 : 4;
  HOLDS(word(&shared.condition, 36) >> 3 == 1);
  HOLDS(word(&shared.condition, 16 + group) >> 1 == 1);
  end(waiter);
}

static void semaphore(Shared& shared) {
  const pid_t waiter = forked([&] { ::sem_wait(&shared.semaphore); });
  asleep_in(waiter, SYS_futex);
  HOLDS(word(&shared.semaphore, 0) == 0 && word(&shared.semaphore, 4) == 1);
  HOLDS(word(&shared.semaphore, 8) == FUTEX_PRIVATE_FLAG);  // "private" says that it is not
  end(waiter);
}

int main() {
#if !defined __x86_64__ || !defined __GLIBC__
  return kCannotBeTried;
#endif
  auto& shared = *static_cast<Shared*>(
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_mutex_init(&shared.plain, &attributes);
  ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  ::pthread_mutex_init(&shared.robust, &attributes);
  pthread_condattr_t condition_attributes;
  ::pthread_condattr_init(&condition_attributes);
  ::pthread_condattr_setpshared(&condition_attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_cond_init(&shared.condition, &condition_attributes);
  ::sem_init(&shared.semaphore, 1, 0);
  condition(shared);
  mutexes(shared);
  semaphore(shared);
  return 0;
}
