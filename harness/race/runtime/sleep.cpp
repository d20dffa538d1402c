// Sleeping. Under the scheduler nobody sleeps: time passes when nobody can do anything else.
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"

using namespace ipclab::race;

namespace {

std::uint64_t ns_of(const timespec& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

IPCLAB_INTERPOSE(int, nanosleep, const timespec*, timespec*)(const timespec* time, timespec* left) {
  if (!scheduler::active()) return real_nanosleep(time, left);
  scheduler::sleep(ns_of(*time), IPCLAB_PLACE);
  return 0;
}

IPCLAB_INTERPOSE(int, clock_nanosleep, clockid_t, int, const timespec*, timespec*)
(clockid_t clock, int flags, const timespec* time, timespec* left) {
  if (!scheduler::active()) return real_clock_nanosleep(clock, flags, time, left);
  scheduler::sleep(flags & TIMER_ABSTIME ? scheduler::until(clock, time) : ns_of(*time), IPCLAB_PLACE);
  return 0;
}

IPCLAB_INTERPOSE(int, usleep, useconds_t)(useconds_t microseconds) {
  if (!scheduler::active()) return real_usleep(microseconds);
  scheduler::sleep(std::uint64_t{microseconds} * 1000, IPCLAB_PLACE);
  return 0;
}

IPCLAB_INTERPOSE(unsigned, sleep, unsigned)(unsigned seconds) {
  if (!scheduler::active()) return real_sleep(seconds);
  scheduler::sleep(std::uint64_t{seconds} * 1'000'000'000, IPCLAB_PLACE);
  return 0;
}

/// What wakes it may come before it.
IPCLAB_INTERPOSE(int, pause, void)() {
  scheduler::point(What::sleep, nullptr, IPCLAB_PLACE);
  return real_pause();
}

IPCLAB_INTERPOSE(int, sched_yield, void)() {
  if (!scheduler::active()) return real_sched_yield();
  scheduler::sleep(1, IPCLAB_PLACE);
  return 0;
}
