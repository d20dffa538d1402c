#include "race/runtime/sync.hpp"

#include "race/runtime/task.hpp"

namespace ipclab::race {
namespace {

Sync* found_in(const Cell& head, std::uint32_t offset, const Cell** end = nullptr) {
  Record& r = *record();
  const Cell* next = &head;
  for (Index i; (i = next->load(std::memory_order_acquire)) != 0; next = &r.extras[i].next)
    if (const Index sync = r.extras[i].sync; sync && r.syncs[sync].offset == offset) return &r.syncs[sync];
  if (end) *end = next;
  return nullptr;
}

Index new_sync(Kind kind) {
  const Index index = grow(record()->syncs_used, kSyncs);
  if (index) record()->syncs[index].kind = kind;
  return index;
}

Sync* added_to(Granule& granule, std::uint32_t offset, Kind kind) {
  const Holding holding(granule.lock);
  const Cell* end = nullptr;
  if (Sync* there = found_in(granule.more, offset, &end)) return there;
  const Index sync = new_sync(kind), extra = sync ? grow(record()->extras_used, kExtras) : 0;
  if (!extra) return nullptr;
  Sync& fresh = record()->syncs[sync];
  fresh.page = page_of(&granule);
  fresh.offset = offset;
  record()->extras[extra].sync = sync;
  const_cast<Cell*>(end)->store(extra, std::memory_order_release);
  return &fresh;
}

}  // namespace

Sync* sync_at(std::uint64_t address, Kind kind) {
  Granule* granule = granule_at(address);
  if (!granule) return nullptr;
  const auto offset = static_cast<std::uint32_t>(address & (kPageSize - 1));
  if (Sync* there = found_in(granule->more, offset)) return there;
  return added_to(*granule, offset, kind);
}

Sync* known_sync_at(std::uint64_t address) {
  const Granule* granule = granule_at(address);
  return granule ? found_in(granule->more, static_cast<std::uint32_t>(address & (kPageSize - 1))) : nullptr;
}

Sync* kernel_sync(Kind kind, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  Record& r = *record();
  const std::uint64_t key[] = {a, b, c};
  const Index index = interned(
      r.sync_index, kSyncs, mixed(a ^ mixed(b ^ mixed(c ^ static_cast<unsigned>(kind)))),
      [&](Index i) {
        const Sync& s = r.syncs[i];
        return s.kind == kind && s.key[0] == key[0] && s.key[1] == key[1] && s.key[2] == key[2];
      },
      [&] {
        const Index fresh = new_sync(kind);
        if (fresh) r.syncs[fresh].key[0] = a, r.syncs[fresh].key[1] = b, r.syncs[fresh].key[2] = c;
        return fresh;
      });
  return index ? &r.syncs[index] : nullptr;
}

void acquire_held(const Sync& sync) {
  if (sync.clock) learn(clock_at(sync.clock));
}

void release_held(Sync& sync) {
  if (Clock* clock = made(sync.clock)) join(*clock, self.task->clock);
  next_epoch();
}

void release_store_held(Sync& sync) {
  if (Clock* clock = made(sync.clock)) copy(*clock, self.task->clock);
  next_epoch();
}

void acquire(Sync* sync) {
  if (!sync) return;
  const Holding holding(sync->lock);
  acquire_held(*sync);
}

void release(Sync* sync) {
  if (!sync) return;
  const Holding holding(sync->lock);
  release_held(*sync);
}

void release_store(Sync* sync) {
  if (!sync) return;
  const Holding holding(sync->lock);
  release_store_held(*sync);
}

}  // namespace ipclab::race
