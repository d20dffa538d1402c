// The C library's primitives, recognised by what a sleeper leaves in memory.

#include "observe/futex.hpp"

#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "forked.hpp"

using namespace ipclab;
using namespace ipclab::observe;

namespace {

struct Shared {
  pthread_mutex_t mutex, other;
  pthread_cond_t condition;
  sem_t semaphore;

  explicit Shared(bool robust = false) {
    pthread_mutexattr_t attributes;
    ::pthread_mutexattr_init(&attributes);
    ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (robust) ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    ::pthread_mutex_init(&mutex, &attributes);
    ::pthread_mutex_init(&other, &attributes);
    pthread_condattr_t condition_attributes;
    ::pthread_condattr_init(&condition_attributes);
    ::pthread_condattr_setpshared(&condition_attributes, PTHREAD_PROCESS_SHARED);
    ::pthread_cond_init(&condition, &condition_attributes);
    ::sem_init(&semaphore, 1, 0);
  }
};

template <typename T>
std::uint64_t address_of(const T& object) {
  return reinterpret_cast<std::uint64_t>(&object);
}

FutexWait what_it_waits_for(const Forked& child) {
  const RawThread thread = child.asleep_in(SYS_futex);
  return classify_futex(child.pid(), thread, read_maps(child.pid()), [](int) { return false; });
}

}  // namespace

TEST_CASE("a mutex: where it begins, and its owner") {
  for (const bool robust : {false, true}) {
    CAPTURE(robust);
    auto& shared = *new (make_shared_memory<Shared>()) Shared(robust);
    ::pthread_mutex_lock(&shared.mutex);
    const Forked child([&] { ::pthread_mutex_lock(&shared.mutex); });
    const FutexWait wait = what_it_waits_for(child);
    CHECK(wait.kind == ObjectKind::mutex);
    CHECK(wait.need == Need::unlock);
    CHECK(wait.address == address_of(shared.mutex));
    CHECK(wait.owner == ::gettid());
    CHECK(wait.robust == robust);
    CHECK_FALSE(wait.time_out_seconds);
  }
}

TEST_CASE("a contended mutex is no join, though there is a thread of the number that is in its word") {
  const Forked child([] {
    pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
    ::pthread_mutex_lock(&own);
    ::pthread_mutex_lock(&own);
  });
  const RawThread thread = child.asleep_in(SYS_futex);
  const FutexWait wait =
      classify_futex(child.pid(), thread, read_maps(child.pid()), [](int number) { return number == 2; });
  CHECK(wait.kind == ObjectKind::mutex);
  CHECK(wait.owner == child.pid());
}

TEST_CASE("a condition, in either of its two groups of waiters") {
  auto& shared = *make_shared_memory<Shared>();
  const auto wait_once = [&] {
    ::pthread_mutex_lock(&shared.mutex);
    ::pthread_cond_wait(&shared.condition, &shared.mutex);
    ::pthread_mutex_unlock(&shared.mutex);
  };
  for (int round = 0; round < 4; ++round) {
    CAPTURE(round);
    Forked child(wait_once);
    const FutexWait wait = what_it_waits_for(child);
    CHECK(wait.kind == ObjectKind::condition);
    CHECK(wait.need == Need::signal);
    CHECK(wait.address == address_of(shared.condition));
    ::pthread_mutex_lock(&shared.mutex);
    ::pthread_cond_signal(&shared.condition);  // the groups change places
    ::pthread_mutex_unlock(&shared.mutex);
    child.join();
  }
}

TEST_CASE("a semaphore, with and without a time-out") {
  auto& shared = *make_shared_memory<Shared>();
  const Forked child([&] { ::sem_wait(&shared.semaphore); });
  const FutexWait wait = what_it_waits_for(child);
  CHECK(wait.kind == ObjectKind::semaphore);
  CHECK(wait.need == Need::post);
  CHECK(wait.address == address_of(shared.semaphore));
  CHECK_FALSE(wait.time_out_seconds);
  const Forked timed([&] {
    timespec deadline{};
    ::clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 1000;
    ::sem_timedwait(&shared.semaphore, &deadline);
  });
  const FutexWait bounded = what_it_waits_for(timed);
  CHECK(bounded.kind == ObjectKind::semaphore);
  REQUIRE(bounded.time_out_seconds);
  CHECK(*bounded.time_out_seconds > 900);
  CHECK(*bounded.time_out_seconds <= 1000);
}

TEST_CASE("a word that nobody explains stays a futex") {
  auto& word = *make_shared_memory<std::uint32_t>();
  word = 7;
  const Forked child([&] { ::syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 7, nullptr, nullptr, 0); });
  const FutexWait wait = what_it_waits_for(child);
  CHECK(wait.kind == ObjectKind::futex);
  CHECK(wait.need == Need::wake);
  CHECK(wait.address == address_of(word));
}

TEST_CASE("memory that is shared has one identity at different addresses; private memory has not") {
  char* first = make_shared_memory<std::array<char, 4096>>()->data();
  void* second = ::mremap(first, 0, 4096, MREMAP_MAYMOVE);  // the same pages once more
  REQUIRE(second != MAP_FAILED);
  const int self = ::getpid();
  const auto maps = read_maps(self);
  const auto place = [&](const void* at) {
    return place_of(self, reinterpret_cast<std::uint64_t>(at), maps);
  };
  CHECK(place(first + 64).identity == place(static_cast<char*>(second) + 64).identity);
  CHECK(place(first + 64).identity != place(first + 72).identity);
  CHECK(place(first).shared);
  CHECK(place(first + 64).name == "shared memory+0x40");
  int local = 0;
  CHECK_FALSE(place(&local).shared);
  CHECK(place(&local).name.empty());
  CHECK(maps_memory(maps, place(first).memory));
  CHECK_FALSE(maps_memory(maps, "00:00:1"));
}
