#include "observe/futex.hpp"

#include <fmt/format.h>
#include <linux/futex.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>

namespace ipclab::observe {
namespace {

// Offsets in glibc's structures on x86-64 (sysdeps/nptl/bits/thread-shared-types.h, struct_mutex.h).
constexpr int kMutexOwner = 8, kMutexKind = 16;
constexpr unsigned kMutexRobust = 16, kMutexAnyKind = 0x1ff;
constexpr int kConditionGroupRefs = 16, kConditionWaiters = 36, kConditionSignals = 40;

const Mapping* mapping_of(std::uint64_t address, const std::vector<Mapping>& maps) {
  const auto found = std::ranges::find_if(
      maps, [&](const Mapping& map) { return address >= map.begin && address < map.end; });
  return found == maps.end() ? nullptr : &*found;
}

double seconds_until(const timespec& deadline, clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(deadline.tv_sec - now.tv_sec) +
         static_cast<double>(deadline.tv_nsec - now.tv_nsec) / 1e9;
}

std::optional<double> time_out(int pid, const RawThread& thread) {
  const int operation = static_cast<int>(thread.arguments[1]), command = operation & FUTEX_CMD_MASK;
  if (!thread.arguments[3]) return std::nullopt;
  const auto time = read_value<timespec>(pid, thread.arguments[3]);
  if (!time) return std::nullopt;
  if (command == FUTEX_WAIT)
    return static_cast<double>(time->tv_sec) + static_cast<double>(time->tv_nsec) / 1e9;
  const bool wall_clock = (operation & FUTEX_CLOCK_REALTIME) || command == FUTEX_LOCK_PI;
  return std::max(0.0, seconds_until(*time, wall_clock ? CLOCK_REALTIME : CLOCK_MONOTONIC));
}

/// A waiter counts itself in the group it waits in and in the condition's number of waiters.
std::optional<std::uint64_t> condition_at(int pid, std::uint64_t address) {
  for (const int group : {0, 1}) {
    const std::uint64_t base = address - kConditionSignals - static_cast<std::uint64_t>(4 * group);
    if (base % 8) continue;
    const auto waiters = read_value<std::uint32_t>(pid, base + kConditionWaiters);
    const auto refs =
        read_value<std::uint32_t>(pid, base + kConditionGroupRefs + static_cast<std::uint64_t>(4 * group));
    constexpr std::uint32_t kPlausible = 1u << 20;
    if (waiters && refs && (*waiters >> 3) >= 1 && (*waiters >> 3) < kPlausible && (*refs >> 1) >= 1 &&
        (*refs >> 1) < kPlausible)
      return base;
  }
  return std::nullopt;
}

/// sem_t: the value, then the number of waiters, then FUTEX_PRIVATE_FLAG or 0.
bool semaphore_at(int pid, std::uint64_t address) {
  const auto words = read_value<std::array<std::uint32_t, 3>>(pid, address);
  return address % 8 == 0 && words && (*words)[1] >= 1 && (*words)[1] < (1u << 20) &&
         ((*words)[2] == 0 || (*words)[2] == FUTEX_PRIVATE_FLAG);
}

bool mutex_at(int pid, std::uint64_t address, FutexWait& wait) {
  const auto kind = read_value<std::uint32_t>(pid, address + kMutexKind);
  const auto owner = read_value<std::int32_t>(pid, address + kMutexOwner);
  const auto word = read_value<std::uint32_t>(pid, address);
  if (!kind || !owner || !word || (*kind & ~kMutexAnyKind)) return false;
  wait.kind = ObjectKind::mutex;
  wait.need = Need::unlock;
  wait.address = address;
  wait.robust = *kind & kMutexRobust;
  wait.owner_died_marked = wait.robust && (*word & FUTEX_OWNER_DIED);
  const int holder = wait.robust ? static_cast<int>(*word & FUTEX_TID_MASK) : *owner;
  if (holder > 0) wait.owner = holder;
  return true;
}

}  // namespace

FutexWait classify_futex(int pid, const RawThread& thread, const std::vector<Mapping>& maps,
                         const std::function<bool(int)>& is_thread_of_process) {
  const std::uint64_t address = thread.arguments[0];
  const int operation = static_cast<int>(thread.arguments[1]), command = operation & FUTEX_CMD_MASK;
  const auto expected = static_cast<std::uint32_t>(thread.arguments[2]);
  FutexWait wait;
  wait.address = address;
  wait.within_process = operation & FUTEX_PRIVATE_FLAG;
  wait.time_out_seconds = time_out(pid, thread);
  const Mapping* mapping = mapping_of(address, maps);
  if (!mapping) return wait;
  if (command == FUTEX_LOCK_PI || command == FUTEX_LOCK_PI2) {
    mutex_at(pid, address, wait);
    if (const auto word = read_value<std::uint32_t>(pid, address))
      wait.owner = static_cast<int>(*word & FUTEX_TID_MASK);
    return wait;
  }
  // pthread_join sleeps on the tid in the thread's descriptor, which the kernel clears when the thread ends,
  // and wakes as if it were shared. A private word of 2 is a mutex, though a room's first program is
  // thread 2.
  if (!mapping->shared && !wait.within_process && expected &&
      is_thread_of_process(static_cast<int>(expected))) {
    wait.kind = ObjectKind::thread;
    wait.need = Need::exit;
    wait.joined_thread = static_cast<int>(expected);
    return wait;
  }
  const bool mutex_value = command == FUTEX_WAIT && (expected == 2 || (expected & FUTEX_WAITERS));
  if (mutex_value && mutex_at(pid, address, wait)) return wait;
  if (command == FUTEX_WAIT_BITSET || command == FUTEX_WAIT) {
    if (const auto condition = condition_at(pid, address)) {
      wait.kind = ObjectKind::condition;
      wait.need = Need::signal;
      wait.address = *condition;
    } else if (expected == 0 && semaphore_at(pid, address)) {
      wait.kind = ObjectKind::semaphore;
      wait.need = Need::post;
    }
  }
  return wait;
}

Place place_of(int pid, std::uint64_t address, const std::vector<Mapping>& maps) {
  const Mapping* mapping = mapping_of(address, maps);
  Place place;
  if (!mapping || !mapping->shared) {
    place.identity = fmt::format("memory:{}:{:x}", pid, address);
    return place;
  }
  const std::uint64_t offset = address - mapping->begin + mapping->offset;
  place.shared = true;
  place.memory = fmt::format("{}:{}", mapping->device, mapping->inode);
  place.identity = fmt::format("memory:{}:{:x}", place.memory, offset);
  std::string path = mapping->path.substr(0, mapping->path.find(" (deleted)"));
  std::string name = std::filesystem::path(path).filename();
  if (path.starts_with("/dev/shm/sem.")) place.name = "sem /" + name.substr(4);
  else if (path.starts_with("/dev/shm/")) place.name = fmt::format("/{}+{:#x}", name, offset);
  else if (path == "/dev/zero") place.name = fmt::format("shared memory+{:#x}", offset);
  else if (path.starts_with("/SYSV")) place.name = fmt::format("segment 0x{}+{:#x}", path.substr(5), offset);
  else place.name = fmt::format("{}+{:#x}", name, offset);
  return place;
}

bool maps_memory(const std::vector<Mapping>& maps, const std::string& memory) {
  return std::ranges::any_of(maps, [&](const Mapping& map) {
    return map.shared && fmt::format("{}:{}", map.device, map.inode) == memory;
  });
}

}  // namespace ipclab::observe
