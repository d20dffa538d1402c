#include "race/runtime/memory.hpp"

#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/region.hpp"
#include "race/runtime/shadow.hpp"
#include "race/runtime/task.hpp"

namespace ipclab::race {

constinit Leaf* leaves[kAddresses >> kLeafShift];

namespace {

constexpr unsigned kMappings = 1024;
Mapping mappings[kMappings];
unsigned mappings_used;
Leaf* used_leaves;

/// Guards this process's tables; no other process ever waits for it.
constinit std::atomic<bool> tables_held{false};

struct Tables {
  Tables() { hold_mappings(); }
  ~Tables() { release_mappings(); }
};

Leaf* leaf_for(std::uint64_t address) {
  Leaf*& leaf = leaves[address >> kLeafShift];
  if (!leaf) {
    const long at = ::syscall(SYS_mmap, nullptr, sizeof(Leaf), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at < 0 && at > -4096) return nullptr;
    auto* fresh = reinterpret_cast<Leaf*>(at);
    fresh->next = used_leaves;
    used_leaves = fresh;
    __atomic_store_n(&leaf, fresh, __ATOMIC_RELEASE);
  }
  return leaf;
}

void set_pages(std::uint64_t begin, std::uint64_t end, Shadow* to) {
  for (std::uint64_t at = begin & ~std::uint64_t{kPageSize - 1}; at < end && at < kAddresses;
       at += kPageSize) {
    if (to == nullptr && !leaves[at >> kLeafShift]) {
      at |= (1ull << kLeafShift) - kPageSize;  // nothing is known of the whole leaf
      continue;
    }
    if (Leaf* leaf = leaf_for(at)) leaf->page[(at >> kPageShift) & (kLeafPages - 1)] = to;
  }
}

void drop_mappings(std::uint64_t begin, std::uint64_t end) {
  for (unsigned i = 0; i < mappings_used; ++i) {
    Mapping& m = mappings[i];
    if (m.end <= begin || end <= m.begin) continue;
    const Mapping whole = m;
    if (whole.begin < begin) {
      m.end = begin;
      if (end < whole.end && mappings_used < kMappings)
        mappings[mappings_used++] = {end, whole.end, whole.offset + (end - whole.begin), whole.region};
    } else if (end < whole.end) {
      m = {end, whole.end, whole.offset + (end - whole.begin), whole.region};
    } else {
      m = mappings[--mappings_used];
      --i;
    }
  }
}

/// The shadow of a page of a region, the same for every process.
Shadow* shadow_of(Index region, std::uint64_t number) {
  Record& r = *record();
  const Index page = interned(
      r.page_index, kPages * 2, mixed(number ^ (std::uint64_t{region} << 44)),
      [&](Index i) { return r.pages[i].region == region && r.pages[i].number == number; },
      [&] {
        const Index fresh = grow(r.pages_used, kPages);
        if (fresh) r.pages[fresh] = {region, number};
        return fresh;
      });
  return page ? &r.shadows[page] : nullptr;
}

bool is_own(const Shadow* page) {
  return record()->regions[record()->pages[page_of(page)].region].kind == Memory::own;
}

Mapping mapping_in(std::uint64_t address) {
  for (unsigned i = 0; i < mappings_used; ++i)
    if (mappings[i].begin <= address && address < mappings[i].end) return mappings[i];
  return {};
}

Shadow* find_page(std::uint64_t address) {
  const std::uint64_t base = address & ~std::uint64_t{kPageSize - 1};
  const Tables tables;
  Leaf* leaf = leaf_for(address);
  if (!leaf) return nullptr;
  Shadow*& page = leaf->page[(address >> kPageShift) & (kLeafPages - 1)];
  if (page > pending()) return page;
  const Mapping mapping = mapping_in(address);
  if (mapping.region) page = shadow_of(mapping.region, (base - mapping.begin + mapping.offset) >> kPageShift);
  else page = threaded ? shadow_of(own_region(), base >> kPageShift) : nullptr;
  return page;
}

}  // namespace

void hold_mappings() {
  while (tables_held.exchange(true, std::memory_order_acquire)) ::syscall(SYS_sched_yield);
}
void release_mappings() { tables_held.store(false, std::memory_order_release); }

Granule* granule_at(std::uint64_t address) {
  if (address >= kAddresses) return nullptr;
  Shadow* page = known_page(address);
  if (page <= pending()) {
    if (!page && !threaded) return nullptr;
    page = find_page(address);
    if (!page) return nullptr;
  }
  return &page->granules[(address & (kPageSize - 1)) / kGranule];
}

void map_region(std::uint64_t address, std::uint64_t length, Index region, std::uint64_t offset) {
  unmap(address, length);
  if (!region) return;
  const Tables tables;
  if (mappings_used == kMappings) return;
  mappings[mappings_used++] = {address, address + length, offset, region};
  set_pages(address, address + length, pending());
}

void unmap(std::uint64_t address, std::uint64_t length) {
  if (threaded) forget(address, length);
  const Tables tables;
  const std::uint64_t end = (address + length + kPageSize - 1) & ~std::uint64_t{kPageSize - 1};
  drop_mappings(address, end);
  set_pages(address, end, nullptr);
}

std::uint64_t mapped_length(std::uint64_t address) {
  const Tables tables;
  const Mapping mapping = mapping_in(address);
  return mapping.region && mapping.begin == address ? mapping.end - mapping.begin : 0;
}

Mapping mapping_at(std::uint64_t address) {
  const Tables tables;
  return mapping_in(address);
}

namespace {

bool is_untouched(const Granule& granule) {
  for (const Mark& mark : granule.marks)
    if (cell_of(mark)) return false;
  return granule.more.load(std::memory_order_relaxed) == 0;
}

}  // namespace

void forget(std::uint64_t address, std::uint64_t length) {
  const std::uint64_t end = address + length;
  for (std::uint64_t at = address & ~std::uint64_t{kGranule - 1}; at < end;) {
    Shadow* page = known_page(at);
    if (page <= pending() || !is_own(page)) {
      at = (at | (kPageSize - 1)) + 1;
      continue;
    }
    Granule& granule = page->granules[(at & (kPageSize - 1)) / kGranule];
    if (!is_untouched(granule)) {
      const Holding holding(granule.lock);
      for (Mark& mark : granule.marks) put(mark, Mark{});
      granule.more.store(0, std::memory_order_release);
    }
    at += kGranule;
  }
}

void leave_own_memory() {
  forget_own_region();
  for (Leaf* leaf = used_leaves; leaf; leaf = leaf->next)
    for (Shadow*& page : leaf->page)
      if (page > pending() && is_own(page)) page = nullptr;
}

}  // namespace ipclab::race
