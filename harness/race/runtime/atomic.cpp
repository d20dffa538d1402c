// The compiler's calls for atomic operations and fences (C++20, [atomics.order], [atomics.fences]).
//
// The operation itself and the passing on of clocks are one step: they happen under the lock of the sync at
// the address.
#include "race/runtime/late_store.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/shadow.hpp"
#include "race/runtime/sync.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

enum Order : int { kRelaxed, kConsume, kAcquire, kRelease, kBoth, kSequential };

bool acquires(int order) {
  return order == kConsume || order == kAcquire || order == kBoth || order == kSequential;
}
bool releases(int order) { return order == kRelease || order == kBoth || order == kSequential; }

/// What a load or the reading half of an exchange learns; a relaxed one only after a later acquire fence.
void read_from(Sync& sync, int order) {
  if (!sync.clock) return;
  if (acquires(order)) learn(clock_at(sync.clock));
  else if (Clock* pending = made(self.task->fence_acquire)) join(*pending, clock_at(sync.clock));
}

/// What others learn from a store; from a relaxed one what was known at the last release fence. May be none.
const Clock* told_by(int order) {
  if (releases(order)) return &self.task->clock;
  const Index fence = self.task->fence_release;
  return fence ? &clock_at(fence) : nullptr;
}

/// `goes_on`: a read-modify-write continues the release sequences that it stands in.
void tell(Sync& sync, const Clock* what, bool goes_on) {
  if (!what) {
    if (!goes_on && sync.clock) clear(clock_at(sync.clock));
  } else if (Clock* clock = made(sync.clock)) {
    goes_on ? join(*clock, *what) : copy(*clock, *what);
  }
}

/// What was told is over: what the task does now is not known by it.
void after_telling(int order) {
  if (releases(order)) next_epoch();
}

/// Is the memory watched at all? Then the sync there.
Sync* watched_sync(const volatile void* address, std::uint64_t place) {
  if (!watched()) return nullptr;
  if (!threaded && !known_page(reinterpret_cast<std::uint64_t>(address)))
    return scheduler::unseen_access(place), nullptr;
  const Inside inside{Overtaking()};
  return sync_at(address, Kind::atomic);
}

template <typename T>
inline constexpr unsigned kBytes = sizeof(T) > kGranule ? kGranule : sizeof(T);

template <unsigned kHow, typename T>
[[gnu::always_inline]] inline void counts_as_access(volatile T* at, std::uint64_t place) {
  accessed<kBytes<T>, kAtomic | kHow>(reinterpret_cast<std::uint64_t>(at), place);
}

/// The processor's own operations. Of 16 bytes it has only compare-and-exchange; the rest would need a
/// library.
template <typename T>
bool exchange_if(volatile T* at, T* expected, T desired) {
  if constexpr (sizeof(T) <= 8) {
    return __atomic_compare_exchange_n(at, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  } else {
    const T there = __sync_val_compare_and_swap(at, *expected, desired);
    const bool done = there == *expected;
    *expected = there;
    return done;
  }
}

template <typename T>
T load_now(const volatile T* at) {
  if constexpr (sizeof(T) <= 8) return __atomic_load_n(at, __ATOMIC_SEQ_CST);
  T value = 0;
  exchange_if(const_cast<volatile T*>(at), &value, value);
  return value;
}

template <typename T, typename Change>
[[gnu::always_inline]] inline T change_now(volatile T* at, Change change) {
  T old = load_now(at);
  while (!exchange_if(at, &old, static_cast<T>(change(old)))) {
  }
  return old;
}

template <typename T>
T load(const volatile T* at, int order, std::uint64_t place) {
  Sync* sync = watched_sync(at, place);
  if (!sync) return load_now(at);
  late_store::show_sometimes();
  scheduler::point(What::atomic, sync, place);
  counts_as_access<0>(at, place);
  if (self.late.count) {
    if (const LateStore* mine = late_store::own(*sync, sizeof(T))) return static_cast<T>(mine->value);
    late_store::overtaken(place);
  }
  const Inside inside{Overtaking()};
  late_store::missed(*sync, place);
  const Holding holding(sync->lock);
  const T value = load_now(at);
  read_from(*sync, order);
  return value;
}

template <typename T>
void store_now(volatile T* at, T value) {
  if constexpr (sizeof(T) <= 8) __atomic_store_n(at, value, __ATOMIC_SEQ_CST);
  else change_now(at, [&](T) { return value; });
}

template <typename T>
void make_late(const LateStore& late) {
  const Inside inside;
  Sync& sync = record()->syncs[late.sync];
  const Holding holding(sync.lock);
  tell(sync, late.clock ? &clock_at(late.clock) : nullptr, false);
  store_now(static_cast<volatile T*>(late.at), static_cast<T>(late.value));
}

/// The moment counts at which the task stored, not that at which others see it.
template <typename T>
void keep_back(Sync& sync, volatile T* at, T value, int order, std::uint64_t place) {
  if (self.late.count == kLateStores) show_late_stores();  // the handler of a signal has stored meanwhile
  const Inside inside{Overtaking()};
  Index& clock = late_store::next_clock();
  const Clock* what = told_by(order);
  if (what)
    if (Clock* kept = made(clock)) copy(*kept, *what);
  late_store::keep({make_late<T>, at, value, sizeof(T), what ? clock : 0, index_of(sync), place});
  after_telling(order);
}

template <typename T>
void store(volatile T* at, T value, int order, std::uint64_t place) {
  Sync* sync = watched_sync(at, place);
  if (!sync) return store_now(at, value);
  const bool late =
      sizeof(T) <= sizeof(LateStore::value) && order != kSequential && late_store::wanted(*sync, sizeof(T));
  if (!late) show_late_stores();
  scheduler::point(What::atomic, sync, place);
  counts_as_access<kWrite>(at, place);
  if constexpr (sizeof(T) <= sizeof(LateStore::value))
    if (late) return keep_back(*sync, at, value, order, place);
  const Inside inside;
  const Holding holding(sync->lock);
  tell(*sync, told_by(order), false);
  store_now(at, value);
  after_telling(order);
}

/// A read-modify-write; gives the old value.
template <typename T, typename Change>
[[gnu::always_inline]] inline T update(volatile T* at, int order, std::uint64_t place, Change change) {
  Sync* sync = watched_sync(at, place);
  if (!sync) return change_now(at, change);
  show_late_stores();
  scheduler::point(What::atomic, sync, place);
  counts_as_access<kWrite>(at, place);
  const Inside inside;
  late_store::missed(*sync, place);
  const Holding holding(sync->lock);
  const T old = change_now(at, change);
  read_from(*sync, order);
  tell(*sync, told_by(order), true);
  after_telling(order);
  return old;
}

/// A comparison that fails is only a load.
template <typename T>
bool compare_exchange(volatile T* at, T* expected, T desired, int order, int order_of_failure,
                      std::uint64_t place) {
  Sync* sync = watched_sync(at, place);
  if (!sync) return exchange_if(at, expected, desired);
  show_late_stores();
  scheduler::point(What::atomic, sync, place);
  counts_as_access<0>(at, place);
  bool done;
  {
    const Inside inside;
    late_store::missed(*sync, place);
    const Holding holding(sync->lock);
    done = exchange_if(at, expected, desired);
    read_from(*sync, done ? order : order_of_failure);
  }
  if (!done) return false;
  counts_as_access<kWrite>(at, place);
  const Inside inside;
  const Holding holding(sync->lock);
  tell(*sync, told_by(order), true);
  after_telling(order);
  return true;
}

}  // namespace

#define UPDATE(bits, type, name, new_value)                                                         \
  ENTRY type __tsan_atomic##bits##_##name(volatile type* at, type value, int order) {               \
    return update(at, order, IPCLAB_PLACE, [&]([[maybe_unused]] type old) { return (new_value); }); \
  }

#define ATOMICS(bits, type)                                                                                \
  ENTRY type __tsan_atomic##bits##_load(const volatile type* at, int order) {                              \
    return load(at, order, IPCLAB_PLACE);                                                                  \
  }                                                                                                        \
  ENTRY void __tsan_atomic##bits##_store(volatile type* at, type value, int order) {                       \
    store(at, value, order, IPCLAB_PLACE);                                                                 \
  }                                                                                                        \
  UPDATE(bits, type, exchange, value)                                                                      \
  UPDATE(bits, type, fetch_add, old + value)                                                               \
  UPDATE(bits, type, fetch_sub, old - value)                                                               \
  UPDATE(bits, type, fetch_and, old& value)                                                                \
  UPDATE(bits, type, fetch_or, old | value)                                                                \
  UPDATE(bits, type, fetch_xor, old ^ value)                                                               \
  UPDATE(bits, type, fetch_nand, ~(old & value))                                                           \
  ENTRY int __tsan_atomic##bits##_compare_exchange_strong(volatile type* at, type* expected, type desired, \
                                                          int order, int order_of_failure) {               \
    return compare_exchange(at, expected, desired, order, order_of_failure, IPCLAB_PLACE);                 \
  }                                                                                                        \
  ENTRY int __tsan_atomic##bits##_compare_exchange_weak(volatile type* at, type* expected, type desired,   \
                                                        int order, int order_of_failure) {                 \
    return compare_exchange(at, expected, desired, order, order_of_failure, IPCLAB_PLACE);                 \
  }                                                                                                        \
  ENTRY type __tsan_atomic##bits##_compare_exchange_val(volatile type* at, type expected, type desired,    \
                                                        int order, int order_of_failure) {                 \
    compare_exchange(at, &expected, desired, order, order_of_failure, IPCLAB_PLACE);                       \
    return expected;                                                                                       \
  }

ATOMICS(8, std::uint8_t)
ATOMICS(16, std::uint16_t)
ATOMICS(32, std::uint32_t)
ATOMICS(64, std::uint64_t)
#ifdef __SIZEOF_INT128__
__extension__ using Wide = unsigned __int128;
ATOMICS(128, Wide)
#endif

ENTRY void __tsan_atomic_thread_fence(int order) {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (order == kSequential) show_late_stores();
  scheduler::point(What::atomic, nullptr, IPCLAB_PLACE);
  if (!watched()) return;
  const Inside inside{Overtaking()};
  Task& task = *self.task;
  if (acquires(order) && task.fence_acquire) learn(clock_at(task.fence_acquire));
  if (!releases(order)) return;
  if (Clock* clock = made(task.fence_release)) copy(*clock, task.clock);
  next_epoch();
}

/// Orders a thread only against its own signal handlers.
ENTRY void __tsan_atomic_signal_fence(int) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }
