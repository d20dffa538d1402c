// Waits in futex(2), which is mutexes, conditions, semaphores and threads, and for locks on files.

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/syscall.h>

#include <algorithm>
#include <string>

#include "observe/calls.hpp"
#include "observe/decoder.hpp"
#include "observe/futex.hpp"

namespace ipclab::observe {
namespace {

struct FutexWaiter {
  std::uint64_t value, address;
  std::uint32_t flags, reserved;
};

}  // namespace

void Decoder::futex() {
  const auto is_own_thread = [&](int inner) {
    const auto outer = context_.outer.find(inner);
    return outer != context_.outer.end() && std::ranges::find(context_.process.threads, outer->second,
                                                              &Thread::tid) != context_.process.threads.end();
  };
  const FutexWait futex = classify_futex(pid_, thread_, context_.maps, is_own_thread);
  if (futex.time_out_seconds) time_out(*futex.time_out_seconds);
  const Place place = place_of(pid_, futex.address, context_.maps);
  std::string name = place.name.starts_with("sem ") ? place.name : to_string(futex.kind);
  if (futex.kind == ObjectKind::thread) name = "a thread";
  else if (!place.name.starts_with("sem ") && place.shared) name += " at " + place.name;
  const int index = context_.objects.find_or_make(futex.kind == ObjectKind::thread
                                                      ? fmt::format("thread:{}:{}", pid_, futex.joined_thread)
                                                      : place.identity,
                                                  futex.kind, name);
  Object& object = context_.objects.at(index);
  object.shared = place.shared;
  object.robust = futex.robust;
  object.owner_dead = futex.owner_died_marked;
  if (const int inner = futex.kind == ObjectKind::thread ? futex.joined_thread : futex.owner.value_or(0);
      inner) {
    const auto outer = context_.outer.find(inner);
    if (outer != context_.outer.end()) object.owner = outer->second;
    else object.owner_dead = true;
  }
  mapped_by_all(index, place);
  wait_.any_of.push_back({index, futex.need, futex.within_process});
}

void Decoder::mapped_by_all(int index, const Place& place) {
  auto& processes = context_.objects.at(index).mapped_by;
  if (!processes.empty()) return;
  for (const RawProcess& process : context_.tree)
    if (process.pid == pid_ || (place.shared && maps_memory(context_.maps_of(process.pid), place.memory)))
      processes.push_back(process.pid);
}

/// futex_waitv(2): the wait of several words, each of which ends it. The time-out is a point in time.
void Decoder::futexes() {
  constexpr std::uint64_t kMost = 128;
  for (std::uint64_t i = 0; i < std::min(argument(1), kMost); ++i) {
    const auto waiter = read_value<FutexWaiter>(pid_, argument(0) + i * sizeof(FutexWaiter));
    if (!waiter) continue;
    const Place place = place_of(pid_, waiter->address, context_.maps);
    const std::string name = to_string(ObjectKind::futex);
    const int index = context_.objects.find_or_make(place.identity, ObjectKind::futex,
                                                    place.shared ? name + " at " + place.name : name);
    context_.objects.at(index).shared = place.shared;
    mapped_by_all(index, place);
    wait_.any_of.push_back({index, Need::wake, (waiter->flags & FUTEX_PRIVATE_FLAG) != 0});
  }
  deadline(argument(3), static_cast<clockid_t>(argument(4)));
}

void Decoder::file_lock(bool whole_file) {
  const auto& all = context_.process.descriptors;
  const auto found = std::ranges::find(all, fd(), &Descriptor::fd);
  if (found == all.end()) return;
  const std::string file = context_.objects.at(found->object).name;
  const auto locks = read_locks();
  const auto waiting = std::ranges::find_if(locks, [&](const LockLine& lock) {
    return lock.waiting && (lock.pid == pid_ || lock.pid == thread_.tid);
  });
  const auto held = waiting == locks.end() ? waiting : std::ranges::find_if(locks, [&](const LockLine& l) {
    return !l.waiting && l.id == waiting->id;
  });
  const std::string range =
      whole_file || held == locks.end()
          ? ""
          : fmt::format(" [{}, {}]", held->begin, held->end == "EOF" ? "end" : held->end);
  const std::string identity = held == locks.end()
                                   ? "lock:" + context_.objects.at(found->object).identity
                                   : fmt::format("lock:{}:{}:{}", held->file, held->pid, held->begin);
  const int index = context_.objects.find_or_make(identity, ObjectKind::file_lock,
                                                  fmt::format("lock on file {}{}", file, range));
  if (held != locks.end() && held->pid > 0) {
    const bool lives = std::ranges::find(context_.tree, held->pid, &RawProcess::pid) != context_.tree.end();
    if (lives) context_.objects.at(index).owner = held->pid;
    else context_.objects.at(index).outside_writes = true;
  }
  target(index, Need::unlock);
}

bool Decoder::locks() {
  switch (thread_.number) {
    case SYS_futex:
      futex();
      break;
    case kFutexWaitv:
      futexes();
      break;
    case SYS_fcntl:
      wait_.fd = fd();
      if (argument(1) == F_SETLKW || argument(1) == F_OFD_SETLKW) file_lock(false);
      break;
    case SYS_flock:
      wait_.fd = fd();
      file_lock(true);
      break;
    default:
      return false;
  }
  return true;
}

}  // namespace ipclab::observe
