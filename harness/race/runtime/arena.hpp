// The record's memory: tables that only grow, interned entries, and locks that outlive their owners.
//
// Everything here may be called by any task at once, and any task may be killed in the middle. Not to be
// called by a thread that is no task.
#pragma once

#include "race/runtime/self.hpp"

namespace ipclab::race {

/// Maps the record. False: there is none, the program runs unwatched.
bool open_record(const char* path);

/// A fresh, zeroed entry of a table; 0 when it is full.
inline Index grow(Cell& used, unsigned most) {
  const Index next = used.fetch_add(1, std::memory_order_relaxed) + 1;
  if (next < most) return next;
  record()->full.store(1, std::memory_order_relaxed);
  return 0;
}

inline std::uint64_t mixed(std::uint64_t value) {
  value *= 0x9e3779b97f4a7c15;
  return value ^ (value >> 29);
}

/// Finds the entry that `same` accepts, or makes it: `make` gives the index of a complete entry, or 0.
/// `size` is a power of two. Two tasks that make the same one at once agree on one of them.
template <typename Same, typename Make>
Index interned(Cell* table, unsigned size, std::uint64_t hash, Same same, Make make) {
  Index fresh = 0;
  for (unsigned i = static_cast<unsigned>(hash >> 7), tries = 0; tries < 512; ++i, ++tries) {
    Cell& cell = table[i & (size - 1)];
    Index there = cell.load(std::memory_order_acquire);
    if (there == 0) {
      if (!fresh) fresh = make();
      if (!fresh) return 0;
      if (cell.compare_exchange_strong(there, fresh, std::memory_order_acq_rel)) return fresh;
    }
    if (same(there)) return there;
  }
  record()->full.store(1, std::memory_order_relaxed);
  return 0;
}

/// Holds a lock. `inherited`: its last owner died holding it; what it guards is whole but may lack the last
/// step.
class Holding {
 public:
  explicit Holding(Lock& lock) : lock_(lock) {
    Index nobody = 0;
    if (!lock_.owner.compare_exchange_strong(nobody, self.index, std::memory_order_acquire)) [[unlikely]]
      wait();
  }
  ~Holding() { lock_.owner.store(0, std::memory_order_release); }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
  bool inherited() const { return inherited_; }

 private:
  void wait();

  Lock& lock_;
  bool inherited_ = false;
};

}  // namespace ipclab::race
