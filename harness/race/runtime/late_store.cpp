#include "race/runtime/late_store.hpp"

#include "race/runtime/scheduler.hpp"
#include "race/runtime/stack.hpp"
#include "race/runtime/task.hpp"

namespace ipclab::race {
namespace {

Sync& sync_of(const LateStore& store) { return record()->syncs[store.sync]; }

bool overlaps(std::uint64_t a, unsigned a_size, std::uint64_t b, unsigned b_size) {
  return a < b + b_size && b < a + a_size;
}

}  // namespace

void make_late_store() {
  const LateStore store = self.late;
  self.late = {};
  scheduler::point(What::seen, &sync_of(store), store.place);
  sync_of(store).late = sync_of(store).overtaken_by = 0;
  store.make(store);
}

namespace late_store {

bool wanted() { return scheduler::active() && record()->seed % 4 >= 2 && scheduler::random_below(2) == 0; }

void keep(const LateStore& store) {
  // A store that faults must do so here.
  [[maybe_unused]] const auto same =
      __atomic_fetch_or(static_cast<volatile unsigned char*>(store.at), 0, __ATOMIC_RELAXED);
  sync_of(store).late = stack_at(store.place);
  sync_of(store).owner = self.index;
  self.late = store;
}

const LateStore* own(const Sync& sync, unsigned size) {
  const LateStore& store = self.late;
  if (!store.make || sync.page != sync_of(store).page) return nullptr;
  if (index_of(sync) == store.sync && size == store.size) return &store;
  if (overlaps(sync.offset, size, sync_of(store).offset, store.size)) make_late_store();
  return nullptr;
}

void overtaken(std::uint64_t place) {
  if (self.late.make) sync_of(self.late).overtaken_by = stack_at(place);
}

void missed(const Sync& sync, std::uint64_t place) {
  if (!sync.overtaken_by || sync.owner == self.index || is_dead(record()->tasks[sync.owner])) return;
  record()->reordered = {sync.late, sync.overtaken_by, stack_at(place)};
}

void show_sometimes() {
  if (self.late.make && scheduler::random_below(4) == 0) make_late_store();
}

void show_if_at(std::uint64_t address, unsigned size) {
  const LateStore& store = self.late;
  if (store.make && overlaps(address, size, reinterpret_cast<std::uint64_t>(store.at), store.size))
    make_late_store();
}

}  // namespace late_store
}  // namespace ipclab::race
