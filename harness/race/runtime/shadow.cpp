#include "race/runtime/shadow.hpp"

#include "race/runtime/report.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/stack.hpp"
#include "race/runtime/task.hpp"

namespace ipclab::race {
namespace {

unsigned slot_of(std::uint64_t cell) { return cell >> kSlotShift & 0xfff; }
std::uint32_t clock_of(std::uint64_t cell) { return static_cast<std::uint32_t>(cell >> kClockShift); }

unsigned bytes_of(std::uint64_t cell) {
  return static_cast<unsigned>(__builtin_popcountll(cell & kMaskBits));
}

bool conflict(std::uint64_t a, std::uint64_t b) { return ((a | b) & kWrite) && !(a & b & kAtomic); }

/// Everything that races with `old` races with `now` too, once `old` is known to now's task.
bool replaces(std::uint64_t now, std::uint64_t old) {
  return !(old & kMaskBits & ~now) && ((now & kWrite) || !(old & kWrite)) &&
         ((old & kAtomic) || !(now & kAtomic));
}

/// One access on its way through the cells of a granule.
class Visit {
 public:
  Visit(Granule& granule, std::uint64_t now, unsigned offset, std::uint64_t place)
      : granule_(granule), now_(now), offset_(offset), place_(place) {}

  void go() {
    look(granule_.cell, granule_.stack, granule_.locks);
    Cell* next = &granule_.more;
    for (Index i; (i = next->load(std::memory_order_acquire)) != 0; next = &record()->extras[i].next) {
      Extra& extra = record()->extras[i];
      if (!extra.sync) look(extra.cell, extra.stack, extra.locks);
    }
    if (known_) return;
    if (!free_) add_cells(*next);
    if (free_) {
      free_->store(0, std::memory_order_relaxed);
      *free_stack_ = stack();
      *free_locks_ = static_cast<std::uint16_t>(self.task->locks);
      free_->store(now_, std::memory_order_release);
    }
  }

 private:
  using Word = std::atomic<std::uint64_t>;

  Index stack() {
    if (!stack_) stack_ = stack_at(place_);
    return stack_;
  }

  void look(Word* cells, Index* stacks, std::uint16_t* locks) {
    for (unsigned i = 0; i < kCells; ++i) {
      const std::uint64_t old = cells[i].load(std::memory_order_relaxed);
      if (old == 0) {
        offer(cells[i], stacks[i], locks[i]);
        continue;
      }
      if (!(old & now_ & kMaskBits)) continue;
      const unsigned slot = slot_of(old);
      const bool mine = slot == self.task->slot;
      if (mine || clock_of(old) <= self.task->clock.at[slot]) {
        const bool same_epoch = mine && clock_of(old) == clock_of(now_);
        if (same_epoch && replaces(old, now_)) known_ = true;
        else if (replaces(now_, old) && !(same_epoch && ((old ^ now_) & kWrite)))
          reuse(cells[i], stacks[i], locks[i]);
      } else if (conflict(old, now_)) {
        report_race(page_of(&granule_), offset_, {stacks[i], locks[i], bytes_of(old), kind(old)},
                    {stack(), self.task->locks, bytes_of(now_), kind(now_)});
      }
    }
  }

  static std::uint32_t kind(std::uint64_t cell) { return cell & (kWrite | kAtomic); }

  void offer(Word& cell, Index& stack, std::uint16_t& locks) {
    if (free_) return;
    free_ = &cell, free_stack_ = &stack, free_locks_ = &locks;
  }

  /// The first that is replaced takes the new access, the others become free.
  void reuse(Word& cell, Index& stack, std::uint16_t& locks) {
    if (known_) return;
    if (reused_) return cell.store(0, std::memory_order_relaxed);
    free_ = nullptr;
    offer(cell, stack, locks);
    reused_ = true;
  }

  void add_cells(Cell& end) {
    const Index index = grow(record()->extras_used, kExtras);
    if (!index) return;
    Extra& extra = record()->extras[index];
    offer(extra.cell[0], extra.stack[0], extra.locks[0]);
    end.store(index, std::memory_order_release);
  }

  Granule& granule_;
  std::uint64_t now_;
  unsigned offset_;
  std::uint64_t place_;
  Index stack_ = 0;
  Word* free_ = nullptr;
  Index* free_stack_ = nullptr;
  std::uint16_t* free_locks_ = nullptr;
  bool known_ = false, reused_ = false;
};

}  // namespace

void access(Granule& granule, std::uint64_t address, unsigned size, unsigned how, std::uint64_t place) {
  if (!watched()) return;
  if (!(how & kAtomic)) scheduler::plain_access(place);
  ++self.busy;
  {
    const Holding holding(granule.lock);
    Visit(granule, self.epoch | mask_of(address, size) | how, address & (kPageSize - 1), place).go();
  }
  leave_runtime();
}

void access(std::uint64_t address, unsigned size, unsigned how, std::uint64_t place) {
  if (!watched()) return;
  Granule* granule;
  {
    const Inside inside;
    granule = granule_at(address);
  }
  if (granule) access(*granule, address, size, how, place);
}

void access_range(std::uint64_t address, std::uint64_t length, unsigned how, std::uint64_t place) {
  for (const std::uint64_t end = address + length; address < end;) {
    Shadow* page = known_page(address);
    if (page == nullptr && !threaded) {
      address = (address | (kPageSize - 1)) + 1;
      continue;
    }
    const std::uint64_t in_granule = kGranule - (address & (kGranule - 1));
    const auto size = static_cast<unsigned>(in_granule < end - address ? in_granule : end - address);
    bool known = false;
    if (page > pending()) {
      const Granule& granule = page->granules[(address & (kPageSize - 1)) / kGranule];
      known = how & kWrite ? is_known<kWrite>(granule, mask_of(address, size))
                           : is_known<0>(granule, mask_of(address, size));
    }
    if (!known) access(address, size, how, place);
    address += size;
  }
}

}  // namespace ipclab::race
