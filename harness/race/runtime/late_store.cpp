#include "race/runtime/late_store.hpp"

#include <utility>

#include "race/runtime/scheduler.hpp"
#include "race/runtime/stack.hpp"
#include "race/runtime/task.hpp"

namespace ipclab::race {
namespace {

Sync& sync_of(const LateStore& store) { return record()->syncs[store.sync]; }

/// One seed in two has processors that reorder, half of those slow ones: they keep back whatever they can.
bool reorders() { return record()->seed % 4 >= 2; }
bool is_slow() { return record()->seed % 4 == 3; }

unsigned slot(unsigned nth) { return (self.late.first + nth) % kLateStores; }

bool overlaps(std::uint64_t a, unsigned a_size, std::uint64_t b, unsigned b_size) {
  return a < b + b_size && b < a + a_size;
}

/// The one that stands at any of these bytes; there is one at most.
const LateStore* kept_at(const Sync& sync, unsigned size) {
  for (unsigned i = 0; i < self.late.count; ++i) {
    const LateStore& store = self.late.ring[slot(i)];
    const Sync& its = sync_of(store);
    if (sync.page == its.page && overlaps(sync.offset, size, its.offset, store.size)) return &store;
  }
  return nullptr;
}

}  // namespace

void make_late_stores(unsigned count) {
  LateStores& late = self.late;
  const unsigned all = std::exchange(late.count, 0);
  late.being_made = true;  // the handler of a signal may come in between
  for (unsigned i = 0; i < count; ++i) {
    const LateStore& store = late.ring[late.first];
    scheduler::point(What::seen, &sync_of(store), store.place);
    sync_of(store).late = sync_of(store).overtaken_by = 0;
    store.make(store);
    late.first = (late.first + 1) % kLateStores;
  }
  late.being_made = false;
  late.count = all - count;
}

namespace late_store {

bool wanted(const Sync& sync, unsigned size) {
  return scheduler::active() && reorders() && self.late.count < kLateStores && !self.late.being_made &&
         !kept_at(sync, size) && (is_slow() || scheduler::random_below(2) == 0);
}

Index& next_clock() { return self.task->late_clocks[slot(self.late.count)]; }

void keep(const LateStore& store) {
  // A store that faults must do so here.
  [[maybe_unused]] const auto same =
      __atomic_fetch_or(static_cast<volatile unsigned char*>(store.at), 0, __ATOMIC_RELAXED);
  sync_of(store).late = stack_at(store.place);
  sync_of(store).owner = self.index;
  self.late.ring[slot(self.late.count)] = store;
  ++self.late.count;
}

const LateStore* own(const Sync& sync, unsigned size) {
  const LateStore* store = kept_at(sync, size);
  if (!store || (index_of(sync) == store->sync && size == store->size)) return store;
  show_late_stores();
  return nullptr;
}

void overtaken(std::uint64_t place) {
  for (unsigned i = 0; i < self.late.count; ++i)
    sync_of(self.late.ring[slot(i)]).overtaken_by = stack_at(place);
}

void missed(const Sync& sync, std::uint64_t place) {
  if (!sync.overtaken_by || sync.owner == self.index || is_dead(record()->tasks[sync.owner])) return;
  record()->reordered = {sync.late, sync.overtaken_by, stack_at(place)};
}

void show_sometimes() {
  if (self.late.count && scheduler::random_below(is_slow() ? 16 : 4) == 0) make_late_stores(1);
}

void show_if_at(std::uint64_t address, unsigned size) {
  for (unsigned i = 0; i < self.late.count; ++i) {
    const LateStore& store = self.late.ring[slot(i)];
    if (overlaps(address, size, reinterpret_cast<std::uint64_t>(store.at), store.size))
      return show_late_stores();
  }
}

}  // namespace late_store
}  // namespace ipclab::race
