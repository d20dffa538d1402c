#include "race/runtime/shadow.hpp"

#include "race/runtime/late_store.hpp"
#include "race/runtime/report.hpp"
#include "race/runtime/scene.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/stack.hpp"
#include "race/runtime/task.hpp"

namespace ipclab::race {
namespace {

unsigned slot_of(std::uint64_t cell) { return cell >> kSlotShift & 0xfff; }
std::uint32_t clock_of(std::uint64_t cell) { return static_cast<std::uint32_t>(cell >> kClockShift); }

unsigned bytes_of(std::uint64_t cell) { return (cell & kSizeBits) >> kSizeShift; }

bool conflict(std::uint64_t a, std::uint64_t b) { return ((a | b) & kWrite) && !(a & b & kAtomic); }

/// Of the bytes that both accessed: what races with `old` races with `now` too, once `old` is known to now's
/// task.
bool replaces(std::uint64_t now, std::uint64_t old) {
  return ((now & kWrite) || !(old & kWrite)) && ((old & kAtomic) || !(now & kAtomic));
}

/// Other bytes, else all the same.
bool differ_in_bytes(std::uint64_t a, std::uint64_t b) { return ((a ^ b) & ~kMaskBits) == 0; }

/// One access on its way through the marks of a granule.
class Visit {
 public:
  Visit(Granule& granule, std::uint64_t now, unsigned offset, Index stack)
      : granule_(granule), now_(now), offset_(offset), stack_(stack) {}

  /// The caller holds the granule.
  void go() {
    look(granule_.marks);
    Cell* next = &granule_.more;
    for (Index i; (i = next->load(std::memory_order_acquire)) != 0; next = &record()->extras[i].next) {
      Extra& extra = record()->extras[i];
      if (!extra.sync) look(extra.marks);
    }
    if (known_) return;
    if (!free_) add_marks(*next);
    if (free_) settle();
  }

  /// The last finding that was new.
  Index found() const { return found_; }

  /// Nobody else has been here. False: there is no room left.
  bool go_alone() {
    look(granule_.marks);
    if (known_) return true;
    if (free_) settle();
    return free_ != nullptr;
  }

 private:
  void look(Mark* marks) {
    for (unsigned i = 0; i < kMarks; ++i) {
      Mark& mark = marks[i];
      const std::uint64_t old = cell_of(mark);
      if (old == 0) {
        if (!free_) free_ = &mark;
        continue;
      }
      if (differ_in_bytes(old, now_) && mark.stack == stack_ && mark.locks == self.task->locks) {
        free_ = &mark;
        joined_ = old;
        continue;
      }
      if (!(old & now_ & kMaskBits)) continue;
      const unsigned slot = slot_of(old);
      const bool mine = slot == slot_of(now_);
      if (mine || clock_of(old) <= self.task->clock.at[slot]) {
        const bool same_epoch = mine && clock_of(old) == clock_of(now_);
        if (same_epoch && replaces(old, now_) && !(now_ & ~old & kMaskBits)) known_ = true;
        else if (replaces(now_, old) && !(same_epoch && ((old ^ now_) & kWrite))) replace(mark);
      } else if (conflict(old, now_)) {
        races_with(seen(mark));
      }
    }
  }

  void races_with(const Mark& old) {
    const Index fresh =
        report_race(page_of(&granule_), offset_, {old.stack, old.locks, bytes_of(old.cell), kind(old.cell)},
                    {stack_, self.task->locks, bytes_of(now_), kind(now_)});
    if (fresh) found_ = fresh;
  }

  static std::uint32_t kind(std::uint64_t cell) { return cell & (kWrite | kAtomic); }

  /// It loses the bytes that are accessed now.
  void replace(Mark& mark) {
    if (replaced_count_ < kMost) replaced_[replaced_count_++] = &mark;
    if (!joined_ && !(cell_of(mark) & ~now_ & kMaskBits)) free_ = &mark;
  }

  /// First the new mark, then less of the old ones: never nothing in between.
  void settle() {
    put(*free_, now_ | joined_, stack_, self.task->locks);
    for (unsigned i = 0; i < replaced_count_; ++i) {
      if (replaced_[i] == free_) continue;
      Mark old = seen(*replaced_[i]);
      old.cell &= ~(now_ & kMaskBits);
      put(*replaced_[i], old.cell & kMaskBits ? old : Mark{});
    }
  }

  void add_marks(Cell& end) {
    const Index index = grow(record()->extras_used, kExtras);
    if (!index) return;
    free_ = &record()->extras[index].marks[0];
    end.store(index, std::memory_order_release);
  }

  static constexpr unsigned kMost = 8;

  Granule& granule_;
  std::uint64_t now_, joined_ = 0;  // joined: the same done to other bytes, in one mark with these
  unsigned offset_;
  Index stack_;
  Mark* free_ = nullptr;
  Mark* replaced_[kMost];
  unsigned replaced_count_ = 0;
  bool known_ = false;
  Index found_ = 0;
};

[[gnu::noinline]] void look_closely(Granule& granule, std::uint64_t now, std::uint64_t address,
                                    std::uint64_t place, Index stack) {
  ++self.busy;
  Visit visit(granule, now, address & (kPageSize - 1), stack);
  {
    const Holding holding(granule.lock);
    visit.go();
  }
  if (visit.found()) keep_scene(visit.found(), address, place);
  leave_runtime();
}

[[gnu::noinline]] bool looked_alone(Granule& granule, std::uint64_t now, std::uint64_t address, Index stack) {
  return Visit(granule, now, address & (kPageSize - 1), stack).go_alone();
}

/// Nobody holds the granule, and it has neither more marks nor those of others.
bool is_alone(const Granule& granule, std::uint64_t now) {
  if (granule.lock.owner.load(std::memory_order_relaxed) | granule.more.load(std::memory_order_relaxed))
    return false;
  for (const Mark& mark : granule.marks)
    if (const std::uint64_t old = cell_of(mark); old && slot_of(old) != slot_of(now)) return false;
  return true;
}

/// Where this task has been alone so far it takes no lock: this is what most accesses of a long run are. It
/// looks again when its mark has left for memory, so that of two who come at once one sees the other
/// (Dekker's rule): whoever holds the lock meanwhile sees the mark, or is seen here.
bool done_alone(Granule& granule, std::uint64_t now, std::uint64_t address, Index stack) {
  if (!is_alone(granule, now)) return false;
  Mark* same = nullptr;
  bool any = false;
  for (Mark& mark : granule.marks) {
    const std::uint64_t old = cell_of(mark);
    if (static_cast<std::uint32_t>(old) == static_cast<std::uint32_t>(now)) same = &mark;
    any |= old != 0;
  }
  if (!any) return false;
  const std::uint32_t locks = self.task->locks;
  if (same && same->stack == stack && same->locks == locks) {
    __atomic_exchange_n(&same->cell, now, __ATOMIC_SEQ_CST);  // only its clock is new; a fence, too
    return is_alone(granule, now);
  }
  if (same) put(*same, now, stack, locks);
  else if (!looked_alone(granule, now, address, stack)) return false;
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return is_alone(granule, now);
}

}  // namespace

void access(Granule& granule, std::uint64_t address, unsigned size, unsigned how, std::uint64_t place) {
  if (!watched()) return;
  const bool scheduled = self.fast != self.epoch;
  if (scheduled && !(how & kAtomic)) {
    late_store::show_if_at(address, size);
    scheduler::plain_access(place);
  }
  const std::uint64_t now = self.epoch | mask_of(address, size) | size << kSizeShift | how;
  const Index stack = stack_at(place);  // before anything is held or looked at: it may take long
  if (!scheduled && done_alone(granule, now, address, stack)) return;
  look_closely(granule, now, address, place, stack);
}

void access(std::uint64_t address, unsigned size, unsigned how, std::uint64_t place) {
  if (!watched()) return;
  if (!threaded && !known_page(address)) return scheduler::unseen_access(place);
  Granule* granule;
  {
    const Inside inside{Overtaking()};
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
