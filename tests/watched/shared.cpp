// A console over shared memory whose commands are right and wrong in the ways that the race detector and the
// scheduler tell (check/races_test.cpp).
#include <fcntl.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <random>
#include <thread>
#include <vector>

#include "ipclab/console.hpp"
#include "race/record.hpp"

using ipclab::Words;

namespace {

struct Shared {
  pthread_mutex_t first, second;
  pthread_cond_t changed;
  long count;
  std::atomic<long> atomic_count;
  long items;
};

Shared* shared = nullptr;

std::string map(int flags) {
  const int fd = ::shm_open("/shared", O_RDWR | flags, 0600);
  if (fd < 0 || ::ftruncate(fd, sizeof(Shared)) != 0)
    throw std::system_error(errno, std::generic_category(), "map");
  shared = static_cast<Shared*>(::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  ::close(fd);
  return "";
}

std::string make(const Words&) {
  map(O_CREAT | O_EXCL);
  pthread_mutexattr_t mutex;
  pthread_condattr_t condition;
  ::pthread_mutexattr_init(&mutex);
  ::pthread_condattr_init(&condition);
  ::pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
  ::pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  ::pthread_mutex_init(&shared->first, &mutex);
  ::pthread_mutex_init(&shared->second, &mutex);
  ::pthread_cond_init(&shared->changed, &condition);
  return "";
}

std::string both(pthread_mutex_t& one, pthread_mutex_t& two) {
  ::pthread_mutex_lock(&one);
  ::pthread_mutex_lock(&two);
  ++shared->count;
  ::pthread_mutex_unlock(&two);
  ::pthread_mutex_unlock(&one);
  return "";
}

std::string take(const Words&) {
  ::pthread_mutex_lock(&shared->first);
  while (shared->items == 0) ::pthread_cond_wait(&shared->changed, &shared->first);
  --shared->items;
  ::pthread_mutex_unlock(&shared->first);
  return "";
}

std::string bring(bool signals_first) {
  if (signals_first) ::pthread_cond_signal(&shared->changed);
  ::pthread_mutex_lock(&shared->first);
  ++shared->items;
  if (!signals_first) ::pthread_cond_signal(&shared->changed);
  ::pthread_mutex_unlock(&shared->first);
  return "";
}

/// Threads: so many at a time, so often.
std::string crowd(const Words& words) {
  const long at_a_time = ipclab::number(words[0]);
  for (long times = ipclab::number(words[1]); times > 0; --times) {
    std::barrier all(at_a_time);
    std::vector<std::jthread> threads;
    for (long i = 0; i < at_a_time; ++i) threads.emplace_back([&] { all.arrive_and_wait(); });
  }
  return "";
}

/// What a program could do to the record: numbers of entries everywhere, some of them of entries that there
/// are.
__attribute__((no_sanitize("thread"))) void fill(void* begin, std::size_t bytes, std::mt19937& random) {
  auto* words = static_cast<volatile std::uint32_t*>(begin);
  for (std::size_t i = 0; i < bytes / 4; ++i) {
    const std::uint32_t value = random();
    words[i] = value % 4 == 0 ? value : value % 2000;
  }
}

std::string scribble(const Words& words) {
  using namespace ipclab::race;
  std::mt19937 random(static_cast<unsigned>(ipclab::number(words[0])));
  Record& r = *record();
  const auto table = [&](void* begin, std::size_t bytes) {
    fill(begin, std::min<std::size_t>(bytes, 1u << 18), random);
  };
  table(r.processes, sizeof r.processes);
  table(r.images, sizeof r.images);
  table(r.modules, sizeof r.modules);
  table(r.nodes, sizeof r.nodes);
  table(r.regions, sizeof r.regions);
  table(r.pages, sizeof r.pages);
  table(r.syncs, sizeof r.syncs);
  table(r.lock_sets, sizeof r.lock_sets);
  table(r.findings, sizeof r.findings);
  table(r.scenes, sizeof r.scenes);
  table(r.steps_taken, sizeof r.steps_taken);
  table(r.tasks, sizeof r.tasks);
  r.findings_used.store(1u << 20);
  r.tasks_used.store(~0u);
  r.processes_used.store(~0u);
  ::syscall(SYS_exit_group, 0);
  return "";
}

}  // namespace

int main() {
  ipclab::Console console;
  console.on("make", make);
  console.on("open", [](const Words&) { return map(0); });
  console.on("remove", [](const Words&) { return ::shm_unlink("/shared"), ""; });
  console.on("count", [](const Words&) { return ++shared->count, ""; });
  console.on("count_locked", [](const Words&) {
    ::pthread_mutex_lock(&shared->first);
    ++shared->count;
    ::pthread_mutex_unlock(&shared->first);
    return "";
  });
  console.on("count_atomic", [](const Words&) { return ++shared->atomic_count, ""; });
  console.on("count_in_two_steps", [](const Words&) {
    shared->atomic_count = shared->atomic_count + 1;
    return "";
  });
  console.on("total", [](const Words&) { return std::to_string(shared->atomic_count); });
  console.on("first_second", [](const Words&) { return both(shared->first, shared->second); });
  console.on("second_first", [](const Words&) { return both(shared->second, shared->first); });
  console.on("take", take);
  console.on("bring", [](const Words&) { return bring(false); });
  console.on("bring_signals_first", [](const Words&) { return bring(true); });
  console.on("sleep_on_a_bell", [](const Words&) {
    eventfd_t count = 0;
    ::eventfd_read(::eventfd(0, EFD_CLOEXEC), &count);
    return "";
  });
  console.on("crowd THREADS TIMES", crowd);
  console.on("scribble SEED", scribble);
  return console.run();
}
