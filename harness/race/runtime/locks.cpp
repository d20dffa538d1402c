#include "race/runtime/locks.hpp"

#include "race/runtime/report.hpp"
#include "race/runtime/stack.hpp"
#include "race/runtime/task.hpp"

namespace ipclab::race {
namespace {

Index lock_set(Index below, Index sync, Index stack) {
  Record& r = *record();
  return interned(
      r.lock_set_index, kLockSets,
      mixed(std::uint64_t{below} << 32 ^ mixed(std::uint64_t{sync} << 32 | stack)),
      [&](Index i) {
        const LockSet& there = r.lock_sets[i];
        return there.below == below && there.sync == sync && there.stack == stack;
      },
      [&] {
        const Index fresh = grow(r.lock_sets_used, kLockSets / 2);
        if (fresh) r.lock_sets[fresh] = {below, sync, stack};
        return fresh;
      });
}

Index without(Index set, Index sync) {
  if (!set) return 0;
  const LockSet here = record()->lock_sets[set];
  if (here.sync == sync) return here.below;
  const Index below = without(here.below, sync);
  return below == here.below ? set : lock_set(below, here.sync, here.stack);
}

}  // namespace

Sync* lock_at(const volatile void* address, Kind kind) {
  if (Sync* sync = sync_at(address, kind)) return sync;
  return kernel_sync(kind, process, reinterpret_cast<std::uint64_t>(address), 1);
}

void note_locked(const Sync& sync, std::uint64_t place) {
  self.task->locks = lock_set(self.task->locks, index_of(sync), stack_at(place));
}

void note_unlocked(const Sync& sync) { self.task->locks = without(self.task->locks, index_of(sync)); }

void note_use(Sync& sync, bool shared, std::uint64_t place) {
  if (sync.flags & kKnown) shared = sync.flags & kShared;
  if (sync.user == process || shared) return;
  if (sync.user == 0) {
    sync.used_at = stack_at(place);
    sync.user = process;
  } else if (!(sync.flags & kReported)) {
    sync.flags |= kReported;
    report_misuse(Fault::not_shared, index_of(sync), sync.used_at, stack_at(place));
  }
}

void note_made(Sync* sync, bool shared, std::uint64_t place) {
  if (!sync) return;
  const Holding holding(sync->lock);
  sync->made_at = stack_at(place);
  sync->owner = sync->depth = sync->user = 0;
  sync->flags = shared ? kKnown | kShared : kKnown;
}

void took(Sync* sync, bool shared, bool from_the_dead, std::uint64_t place) {
  if (!sync) return;
  const Holding holding(sync->lock);
  note_use(*sync, shared, place);
  acquire_held(*sync);
  if (from_the_dead && sync->owner) learn(record()->tasks[sync->owner].clock);
  if (sync->owner != self.index) sync->depth = 0;
  sync->owner = self.index;
  if (sync->depth++ == 0) note_locked(*sync, place);
}

void gives_up(Sync* sync, std::uint64_t place) {
  if (!sync) return;
  const Holding holding(sync->lock);
  if (sync->owner == 0) return release_held(*sync);  // taken where it was not seen: a cancelled wait
  if (sync->owner != self.index) {
    if (sync->flags & kReported) return;
    sync->flags |= kReported;
    return report_misuse(Fault::not_owner, index_of(*sync), record()->tasks[sync->owner].root,
                         stack_at(place));
  }
  if (--sync->depth > 0) return;
  sync->owner = 0;
  note_unlocked(*sync);
  release_store_held(*sync);
}

}  // namespace ipclab::race
