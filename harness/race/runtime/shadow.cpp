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

/// What the same task did in an earlier epoch, and nobody else did anything since: only the clock is new. This
/// is what most accesses of a long run are, so it takes no lock. Two tasks that come to a granule in the same
/// few nanoseconds, one of them this way, may miss each other then; when either of them came there first they
/// did not.
bool renewed(Granule& granule, std::uint64_t now, std::uint64_t place) {
  if (granule.more.load(std::memory_order_relaxed)) return false;
  Mark* mine = nullptr;
  for (Mark& mark : granule.marks) {
    const std::uint64_t old = cell_of(mark);
    if (static_cast<std::uint32_t>(old) == static_cast<std::uint32_t>(now)) mine = &mark;
    else if (old && slot_of(old) != slot_of(now)) return false;
  }
  if (!mine) return false;
  put(*mine, {now, stack_at(place), self.task->locks});
  return true;
}

/// One access on its way through the marks of a granule.
class Visit {
 public:
  Visit(Granule& granule, std::uint64_t now, unsigned offset, std::uint64_t place)
      : granule_(granule), now_(now), offset_(offset), place_(place) {}

  void go() {
    look(granule_.marks);
    Cell* next = &granule_.more;
    for (Index i; (i = next->load(std::memory_order_acquire)) != 0; next = &record()->extras[i].next) {
      Extra& extra = record()->extras[i];
      if (!extra.sync) look(extra.marks);
    }
    if (known_) return;
    if (!free_) add_marks(*next);
    if (free_) put(*free_, {now_, stack(), self.task->locks});
  }

 private:
  Index stack() {
    if (!stack_) stack_ = stack_at(place_);
    return stack_;
  }

  void look(Mark* marks) {
    for (unsigned i = 0; i < kMarks; ++i) {
      Mark& mark = marks[i];
      const std::uint64_t old = cell_of(mark);
      if (old == 0) {
        if (!free_) free_ = &mark;
        continue;
      }
      if (!(old & now_ & kMaskBits)) continue;
      const unsigned slot = slot_of(old);
      const bool mine = slot == slot_of(now_);
      if (mine || clock_of(old) <= self.task->clock.at[slot]) {
        const bool same_epoch = mine && clock_of(old) == clock_of(now_);
        if (same_epoch && replaces(old, now_)) known_ = true;
        else if (replaces(now_, old) && !(same_epoch && ((old ^ now_) & kWrite))) reuse(mark);
      } else if (conflict(old, now_)) {
        races_with(seen(mark));
      }
    }
  }

  void races_with(const Mark& old) {
    report_race(page_of(&granule_), offset_, {old.stack, old.locks, bytes_of(old.cell), kind(old.cell)},
                {stack(), self.task->locks, bytes_of(now_), kind(now_)});
  }

  static std::uint32_t kind(std::uint64_t cell) { return cell & (kWrite | kAtomic); }

  /// The first that is replaced takes the new access, the others become free.
  void reuse(Mark& mark) {
    if (known_) return;
    if (reused_) return put(mark, {});
    free_ = &mark;
    reused_ = true;
  }

  void add_marks(Cell& end) {
    const Index index = grow(record()->extras_used, kExtras);
    if (!index) return;
    free_ = &record()->extras[index].marks[0];
    end.store(index, std::memory_order_release);
  }

  Granule& granule_;
  std::uint64_t now_;
  unsigned offset_;
  std::uint64_t place_;
  Index stack_ = 0;
  Mark* free_ = nullptr;
  bool known_ = false, reused_ = false;
};

}  // namespace

namespace {

void look_closely(Granule& granule, std::uint64_t now, std::uint64_t address, std::uint64_t place) {
  ++self.busy;
  {
    const Holding holding(granule.lock);
    Visit(granule, now, address & (kPageSize - 1), place).go();
  }
  leave_runtime();
}

}  // namespace

void access(Granule& granule, std::uint64_t address, unsigned size, unsigned how, std::uint64_t place) {
  if (!watched()) return;
  const bool scheduled = self.fast != self.epoch;
  if (scheduled && !(how & kAtomic)) scheduler::plain_access(place);
  const std::uint64_t now = self.epoch | mask_of(address, size) | how;
  if (!scheduled && renewed(granule, now, place)) return;
  look_closely(granule, now, address, place);
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
