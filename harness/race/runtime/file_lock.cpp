// Locks on ranges of a file. A range that was ever locked as such is a sync of its own; whoever locks a range
// learns from all that overlap it. A writer learns from readers and writers, a reader from writers only.
#include "race/runtime/file_lock.hpp"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "race/runtime/locks.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace {

constexpr std::uint64_t kEnd = ~0ull >> 1;

struct Range {
  std::uint64_t begin = 0, end = kEnd;
};

/// The list of a file's ranges hangs from the sync of the whole file: `owner` is the first, `generation` the
/// next.
Sync* file_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return nullptr;
  return kernel_sync(Kind::file_lock, status.st_ino, status.st_dev, kEnd);
}

Sync* range_of(Sync& file, Range wanted) {
  Sync* range = kernel_sync(Kind::file_lock, index_of(file) | 1ull << 63, wanted.begin, wanted.end);
  if (!range) return nullptr;
  const Holding holding(file.lock);
  if (!(range->flags & kOwned)) {
    range->flags |= kOwned;
    range->generation = file.owner;
    file.owner = index_of(*range);
  }
  return range;
}

template <typename Visit>
void overlapping(Sync& file, Range range, Visit visit) {
  for (Index i = file.owner; i != 0; i = record()->syncs[i].generation) {
    Sync& other = record()->syncs[i];
    if (other.key[1] < range.end && range.begin < other.key[2]) visit(other);
  }
}

void taken(int fd, Range wanted, bool writes, std::uint64_t place) {
  Sync* file = file_of(fd);
  Sync* range = file ? range_of(*file, wanted) : nullptr;
  if (!range) return;
  overlapping(*file, wanted, [&](Sync& other) {
    const Holding holding(other.lock);
    acquire_held(other);
    if (writes && other.clock2) learn(clock_at(other.clock2));
    // Who did not give it up has died, or somebody who inherited it: the kernel gave it up for them.
    if (other.arrived > 0) learn_from_dead();
  });
  const Holding holding(range->lock);
  range->user = self.index;
  ++range->arrived;
  range->count = writes;
  note_locked(*range, place);
}

void given_up(int fd, Range wanted) {
  Sync* file = file_of(fd);
  if (!file) return;
  bool any = false;
  overlapping(*file, wanted, [&](Sync& range) {
    const Holding holding(range.lock);
    if (range.arrived == 0) return;  // nobody has it
    const bool whole = wanted.begin <= range.key[1] && range.key[2] <= wanted.end;
    if (whole) note_unlocked(range);
    if (Clock* clock = made(range.clock2)) join(*clock, self.task->clock);
    if (range.count)
      if (Clock* clock = made(range.clock)) join(*clock, self.task->clock);
    if (whole && range.user == self.index) range.user = 0, --range.arrived;
    any = true;
  });
  if (any) next_epoch();
}

/// Who writes no longer lets readers in.
void shared_from_now(int fd, Range wanted) {
  Sync* file = file_of(fd);
  bool any = false;
  if (file)
    overlapping(*file, wanted, [&](Sync& range) {
      const Holding holding(range.lock);
      if (range.user != self.index || !range.count) return;
      if (Clock* clock = made(range.clock)) join(*clock, self.task->clock);
      any = true;
    });
  if (any) next_epoch();
}

Range range_of(int fd, const struct flock& lock) {
  off_t from = lock.l_start;
  if (lock.l_whence == SEEK_CUR) from += ::lseek(fd, 0, SEEK_CUR);
  struct stat status {};
  if (lock.l_whence == SEEK_END && ::fstat(fd, &status) == 0) from += status.st_size;
  Range range{static_cast<std::uint64_t>(from), kEnd};
  if (lock.l_len > 0) range.end = range.begin + static_cast<std::uint64_t>(lock.l_len);
  if (lock.l_len < 0) range = {range.begin + static_cast<std::uint64_t>(lock.l_len), range.begin};
  return range;
}

bool locks(int command) {
  return command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW;
}

using Control = int(int, int, void*);

/// `attempt` with a lock that does not wait.
template <typename Attempt>
int in_turn(std::uint64_t place, Attempt attempt) {
  int result = -1;
  scheduler::Interruption interruption;
  scheduler::retry(What::lock, nullptr, place, {}, [&] {
    result = attempt();
    return result == 0 || (errno != EAGAIN && errno != EACCES) || interruption.came();
  });
  return result;
}

int control_really(Real<Control>& real, int fd, int command, void* argument, std::uint64_t place) {
  const bool waits = command == F_SETLKW || command == F_OFD_SETLKW;
  if (!waits) scheduler::point(What::lock, nullptr, place);
  if (!waits || !scheduler::active()) return real(fd, command, argument);
  const int now = command == F_SETLKW ? F_SETLK : F_OFD_SETLK;
  return in_turn(place, [&] { return real(fd, now, argument); });
}

int control(Real<Control>& real, int fd, int command, void* argument, std::uint64_t place) {
  if (!locks(command) || !watched()) return real(fd, command, argument);
  Inside inside;
  const struct flock& lock = *static_cast<struct flock*>(argument);
  const Range range = range_of(fd, lock);
  if (lock.l_type == F_UNLCK) given_up(fd, range);
  if (lock.l_type == F_RDLCK) shared_from_now(fd, range);
  const int result = outside(inside, [&] { return control_really(real, fd, command, argument, place); });
  if (result == 0 && lock.l_type != F_UNLCK) taken(fd, range, lock.l_type == F_WRLCK, place);
  return result;
}

}  // namespace

namespace ipclab::race {

void drop_file_locks(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) return;
  given_up(fd, {});
}

}  // namespace ipclab::race

extern "C" __attribute__((visibility("default"))) int fcntl(int fd, int command, ...) {
  static constinit Real<Control> real("fcntl");
  va_list list;
  va_start(list, command);
  void* argument = va_arg(list, void*);
  va_end(list);
  return control(real, fd, command, argument, IPCLAB_PLACE);
}

extern "C" __attribute__((visibility("default"))) int fcntl64(int fd, int command, ...) {
  static constinit Real<Control> real("fcntl64");
  va_list list;
  va_start(list, command);
  void* argument = va_arg(list, void*);
  va_end(list);
  return control(real, fd, command, argument, IPCLAB_PLACE);
}

IPCLAB_INTERPOSE(int, lockf, int, int, off_t)(int fd, int command, off_t length) {
  if (!watched() || command == F_TEST) return real_lockf(fd, command, length);
  struct flock lock {};
  lock.l_type = command == F_ULOCK ? F_UNLCK : F_WRLCK;
  lock.l_whence = SEEK_CUR;
  lock.l_len = length;
  return ::fcntl(fd, command == F_LOCK ? F_SETLKW : F_SETLK, &lock);
}

IPCLAB_INTERPOSE(int, flock, int, int)(int fd, int operation) {
  return flock_at(fd, operation, IPCLAB_PLACE);
}

int ipclab::race::flock_at(int fd, int operation, std::uint64_t place) {
  if (!watched()) return real_flock(fd, operation);
  Inside inside;
  given_up(fd, {});  // a change of kind gives the lock up first (flock(2))
  const int result = outside(inside, [&] {
    if (operation & (LOCK_NB | LOCK_UN)) scheduler::point(What::lock, nullptr, place);
    if (!scheduler::active() || (operation & (LOCK_NB | LOCK_UN))) return real_flock(fd, operation);
    return in_turn(place, [&] { return real_flock(fd, operation | LOCK_NB); });
  });
  if (result == 0 && !(operation & LOCK_UN)) taken(fd, {}, operation & LOCK_EX, place);
  return result;
}
